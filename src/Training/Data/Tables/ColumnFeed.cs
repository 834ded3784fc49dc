using System.Runtime.ExceptionServices;

namespace Gpu.Training.Data;

/// <summary>
/// Hands the rows of a file to its columns. Rows are cut into cells ahead, a block at a time, while cores go through the block before it, each through
/// other columns; a column sees its cells in their order, so that the number of cores changes nothing, not even which error is told.
/// </summary>
/// <param name="path">The file, for messages.</param>
/// <param name="rows">Its rows.</param>
/// <param name="columns">Its columns, in their order in the file.</param>
internal sealed class ColumnFeed(string path, ITableRows rows, ColumnCells[] columns)
{
    private readonly bool[] _isRead = [.. columns.Select(column => column.Declared != ColumnKind.Ignored)];
    private readonly (int Row, ExceptionDispatchInfo Error)?[] _errors = new (int, ExceptionDispatchInfo)?[columns.Length];
    private ExceptionDispatchInfo? _end;
    private bool _isAtEnd;

    /// <summary>What a row should have, for messages.</summary>
    internal required string Expected { get; init; }

    /// <summary>Whether nothing is learned from the cell of a row, counted from 0, and a column; null where all are learned from.</summary>
    internal Func<int, int, bool>? IsOther { get; init; }

    /// <summary>Reads the rows to their end, or to a limit; how many they were.</summary>
    /// <param name="first">Rows of the table before these.</param>
    /// <param name="limit">The most rows of the table.</param>
    /// <exception cref="TrainingException">A row is of other columns, or a cell does not fit its column.</exception>
    internal int Read(int first, int limit)
    {
        var (block, next) = (new RowBlock(), new RowBlock());
        Fill(block, first, limit);
        while (block.Rows > 0)
        {
            if (_isAtEnd)
            {
                // What is left, or a table of few rows, takes less than asking other cores for help.
                next.Begin(block.First + block.Rows, columns.Length);
                for (var column = 0; column < columns.Length; column++)
                {
                    Take(block, column);
                }
            }
            else
            {
                Parallel.For(-1, columns.Length, column =>
                {
                    if (column < 0)
                    {
                        Fill(next, block.First + block.Rows, limit);
                    }
                    else
                    {
                        Take(block, column);
                    }
                });
            }

            // The first row that is wrong, and of it the first cell.
            _errors.Where(error => error is not null).MinBy(error => error!.Value.Row)?.Error.Throw();
            (block, next) = (next, block);
        }

        _end?.Throw();
        return block.First - first;
    }

    /// <summary>Reads rows ahead. What is wrong with a row is told when those before it were found to be right.</summary>
    private void Fill(RowBlock block, int first, int limit)
    {
        block.Begin(first, columns.Length);
        try
        {
            while (block.HasRoom && !_isAtEnd)
            {
                _isAtEnd = first + block.Rows >= limit || !rows.Read();
                if (!_isAtEnd)
                {
                    RequireColumns();
                    block.Add(rows, _isRead);
                }
            }
        }
        catch (Exception error)
        {
            (_isAtEnd, _end) = (true, ExceptionDispatchInfo.Capture(error));
        }
    }

    /// <summary>A separator at the end of a row makes a cell of nothing.</summary>
    private void RequireColumns()
    {
        if (rows.Count != columns.Length && !(rows.Count == columns.Length + 1 && rows.Field(columns.Length).IsWhiteSpace()))
        {
            throw TrainingException.BadData($"{path}: row {rows.Line:N0}: expected {Expected}, found {rows.Count:N0}; mend the row.");
        }
    }

    /// <summary>Takes the cells of a column.</summary>
    private void Take(RowBlock block, int column)
    {
        if (!_isRead[column])
        {
            return;
        }

        var (cells, row) = (columns[column], 0);
        try
        {
            for (; row < block.Rows; row++)
            {
                if (IsOther is not null && IsOther(block.First + row, column))
                {
                    cells.AddOther(block.Cell(row, column));
                }
                else
                {
                    cells.Add(path, block.Line(row), block.Cell(row, column));
                }
            }
        }
        catch (Exception error)
        {
            _errors[column] = (row, ExceptionDispatchInfo.Capture(error));
        }
    }
}
