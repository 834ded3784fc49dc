namespace Gpu.Training.Data;

/// <summary>
/// A table as a network takes it: what a feed asks for batches of. Columns are known by their names, in whatever order they stand; what the
/// encoding was not fitted on is unseen, and counted. Nothing is allocated for a batch.
/// </summary>
public sealed class EncodedTable
{
    private readonly Table _table;
    private readonly ColumnEncoder[] _columns;
    private readonly TargetEncoding? _target;

    /// <summary>Binds a table to an encoding.</summary>
    /// <exception cref="TrainingException">The table lacks a column, or has one too many.</exception>
    public EncodedTable(TableEncoding encoding, Table table)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        ArgumentNullException.ThrowIfNull(table);
        (_table, _target) = (table, encoding.Target);
        var path = table.Parts[0].Path;
        var known = table.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        string[] missing = [.. encoding.Columns.Where(column => column.Features.Count > 0 && !known.ContainsKey(column.Name)).Select(column => column.Name)];
        string[] unknown = [.. known.Keys.Where(name => name != table.Target.Column.Name && encoding.Columns.All(column => column.Name != name))];
        if (missing.Length > 0 || unknown.Length > 0)
        {
            throw TrainingException.BadData(
                $"{path}: expected the columns that the training data had, found {(missing.Length > 0 ? $"no {ColumnNames.Listed(missing)}" : "")}"
                + $"{(missing.Length > 0 && unknown.Length > 0 ? " and " : "")}{(unknown.Length > 0 ? $"{ColumnNames.Listed(unknown)} besides" : "")}; mend the header, or leave columns out with --ignore.");
        }

        _columns = [.. encoding.Columns.Where(column => column.Features.Count > 0).Select(column => column.Bind(known[column.Name]))];
        Features = _columns.Sum(column => column.Features);
    }

    /// <summary>Rows.</summary>
    public int Count => _table.Rows;

    /// <summary>Inputs of a row.</summary>
    public int Features { get; }

    /// <summary>Writes the inputs of some rows.</summary>
    /// <param name="rows">The rows, in any order.</param>
    /// <param name="inputs">rows x <see cref="Features"/> numbers, row after row; filled.</param>
    public void Encode(ReadOnlySpan<int> rows, Span<float> inputs)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)inputs.Length, (long)rows.Length * Features);
        var first = 0;
        foreach (var column in _columns)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                column.Encode(rows[i], inputs.Slice((i * Features) + first, column.Features));
            }

            first += column.Features;
        }
    }

    /// <summary>Writes the quantities of some rows, standardised; NaN where a row has none.</summary>
    /// <exception cref="InvalidOperationException">Classes are learned.</exception>
    public void EncodeTargets(ReadOnlySpan<int> rows, Span<float> targets)
    {
        var target = _target ?? throw new InvalidOperationException("The encoding has no quantity.");
        for (var i = 0; i < rows.Length; i++)
        {
            targets[i] = target.Encode(_table.Target.Column.Reading!.Values[rows[i]]);
        }
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

    /// <summary>Writes the inputs of a cell.</summary>
    internal abstract void Encode(int row, Span<float> inputs);

    /// <summary>Whether a cell has a value that the encoding was not fitted on.</summary>
    internal abstract bool IsUnseen(int row);
}
