namespace Gpu.Training.Data;

/// <summary>Some rows of a table as the texts of their cells, read ahead, so that a column can be gone through while others are.</summary>
internal sealed class RowBlock
{
    /// <summary>Cells and characters after which no row is added: little beside the cache of a core, and much beside the work of sharing it out.</summary>
    private const int MostCells = 1 << 15;

    private const int MostCharacters = 1 << 17;

    private readonly List<long> _lines = [];
    private char[] _text = new char[MostCharacters];
    private int[] _ends = [];
    private int _columns;
    private int _cells;
    private int _used;

    /// <summary>Its rows.</summary>
    internal int Rows => _lines.Count;

    /// <summary>The number of its first row in the table, counted from 0.</summary>
    internal int First { get; private set; }

    /// <summary>Whether a row may be added.</summary>
    internal bool HasRoom => _cells < MostCells && _used < MostCharacters;

    /// <summary>Begins anew.</summary>
    /// <param name="first">The number of the first row.</param>
    /// <param name="columns">Cells of a row.</param>
    internal void Begin(int first, int columns)
    {
        (First, _columns, _cells, _used) = (first, columns, 0, 0);
        _ends = _ends.Length < MostCells + columns ? new int[MostCells + columns] : _ends;
        _lines.Clear();
    }

    /// <summary>Adds the row that rows are at.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="isRead">For each column whether its cells are asked for; those of others are empty.</param>
    internal void Add(ITableRows rows, bool[] isRead)
    {
        for (var column = 0; column < _columns; column++)
        {
            if (isRead[column])
            {
                var cell = rows.Field(column);
                if (cell.Length > _text.Length - _used)
                {
                    Array.Resize(ref _text, Math.Max(2 * _text.Length, _used + cell.Length));
                }

                cell.CopyTo(_text.AsSpan(_used));
                _used += cell.Length;
            }

            _ends[_cells++] = _used;
        }

        _lines.Add(rows.Line);
    }

    /// <summary>Where a row stands, for messages.</summary>
    internal long Line(int row) => _lines[row];

    /// <summary>A cell.</summary>
    internal ReadOnlySpan<char> Cell(int row, int column)
    {
        var cell = (row * _columns) + column;
        var start = cell == 0 ? 0 : _ends[cell - 1];
        return _text.AsSpan(start, _ends[cell] - start);
    }
}
