namespace Gpu.Training.Data;

/// <summary>
/// A table as a network takes it: what a feed asks for batches of. Columns are known by their names, in whatever order they stand; what the
/// encoding was not fitted on is unseen, and counted. Nothing is allocated for a batch.
/// </summary>
public sealed class EncodedTable
{
    private readonly TableColumn[] _bound;
    private readonly string _path;
    private readonly ColumnEncoder[] _columns;

    /// <summary>Binds columns to an encoding.</summary>
    /// <param name="encoding">The encoding.</param>
    /// <param name="columns">All that it takes, and others, in any order.</param>
    /// <param name="path">Their file, for remarks.</param>
    /// <param name="rows">Their rows.</param>
    /// <exception cref="TrainingException">A column is of another kind.</exception>
    internal EncodedTable(TableEncoding encoding, IReadOnlyList<TableColumn> columns, string path, int rows)
    {
        (_path, Count) = (path, rows);
        var known = columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        ColumnEncoding[] used = [.. encoding.Placed.Select(placed => placed.Column)];
        _bound = [.. used.Select(column => known[column.Name])];
        _columns = [.. used.Select((column, i) => column.Bind(_bound[i]))];
        Features = _columns.Sum(column => column.Features);
    }

    /// <summary>Rows.</summary>
    public int Count { get; }

    /// <summary>Inputs of a row.</summary>
    public int Features { get; }

    /// <summary>Bytes that the cells take which inputs are made of.</summary>
    internal long CellBytes => _bound.Sum(column => (long)Count * (column.Kind == ColumnKind.Category ? sizeof(ushort) : sizeof(float)));

    /// <summary>Writes the inputs of some rows.</summary>
    /// <param name="rows">The rows, in any order.</param>
    /// <param name="inputs">rows x stride numbers, row after row, of which each row's first <see cref="Features"/> are written.</param>
    /// <param name="stride">Numbers of a row.</param>
    public void Encode(ReadOnlySpan<int> rows, Span<float> inputs, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, Features);
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)inputs.Length, (long)rows.Length * stride);
        var first = 0;
        foreach (var column in _columns)
        {
            if (rows.Length > 0)
            {
                column.Encode(rows, inputs[first..], stride);
            }

            first += column.Features;
        }
    }

    /// <summary>What to say of cells that were not as in training: those that are of another kind, in all rows, and those of some rows whose value is unknown.</summary>
    internal IEnumerable<string> Flaws(ReadOnlySpan<int> rows)
    {
        var unseen = CountUnseen(rows);
        return
        [
            .. _bound.Where(column => column.Misfits > 0).Select(column =>
                $"{_path}: {column.Misfits:N0} {(column.Misfits == 1 ? "cell" : "cells")} of '{column.Name}' {(column.Misfits == 1 ? "is" : "are")} no {ColumnKinds.NameOf(column.Kind)}, and taken for missing"),
            .. unseen.Select(found =>
                $"{_path}: {found.Cells:N0} {(found.Cells == 1 ? "cell" : "cells")} of '{found.Column}' {(found.Cells == 1 ? "has a value" : "have values")} that no training row has"),
        ];
    }

    /// <summary>How many cells of some rows hold a value that the encoding has not seen, by their columns; columns without one are left out.</summary>
    public IReadOnlyList<(string Column, int Cells)> CountUnseen(ReadOnlySpan<int> rows)
    {
        var found = new List<(string, int)>();
        foreach (var column in _columns)
        {
            var cells = 0;
            foreach (var row in rows)
            {
                cells += column.IsUnseen(row) ? 1 : 0;
            }

            if (cells > 0)
            {
                found.Add((column.Name, cells));
            }
        }

        return found;
    }
}

/// <summary>The encoding of a column, bound to the cells of a table.</summary>
internal abstract class ColumnEncoder
{
    /// <summary>The column.</summary>
    internal required string Name { get; init; }

    /// <summary>Inputs that a cell makes.</summary>
    internal required int Features { get; init; }

    /// <summary>Writes the inputs of the cells of some rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="inputs">The inputs of the first row from those of this column on, and behind them those of all others.</param>
    /// <param name="stride">How far it is from a row to the next.</param>
    internal abstract void Encode(ReadOnlySpan<int> rows, Span<float> inputs, int stride);

    /// <summary>Whether a cell has a value that the encoding was not fitted on.</summary>
    internal abstract bool IsUnseen(int row);
}
