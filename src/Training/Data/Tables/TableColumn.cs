namespace Gpu.Training.Data;

/// <summary>A column of a table that was read.</summary>
public sealed class TableColumn
{
    private readonly ColumnCells _cells;

    internal TableColumn(int number, ColumnCells cells, ColumnKind kind, ColumnReading? reading, string why) =>
        (Number, _cells, Kind, Reading, Why) = (number, cells, kind, reading, why);

    /// <summary>Its place, counted from 1.</summary>
    public int Number { get; }

    /// <summary>Its name.</summary>
    public string Name => _cells.Name;

    /// <summary>Whether it had no name of its own.</summary>
    internal bool IsUnnamed { get; init; }

    /// <summary>What its cells are taken for.</summary>
    public ColumnKind Kind { get; }

    /// <summary>Why.</summary>
    public string Why { get; }

    /// <summary>Cells without a value.</summary>
    public int Missing => _cells.Missing;

    /// <summary>Cells with a value.</summary>
    public int Present => _cells.Present;

    /// <summary>The smallest number, or the first day; NaN where the cells are neither.</summary>
    public double Min => Reading?.Min ?? double.NaN;

    /// <summary>The largest number, or the last day; NaN where the cells are neither.</summary>
    public double Max => Reading?.Max ?? double.NaN;

    /// <summary>Whether every value is a whole number.</summary>
    public bool IsWhole => Reading is { IsWhole: true } && Kind == ColumnKind.Number;

    /// <summary>How many values there are; null where they were not counted, because they are very many, or declared to be none that recur.</summary>
    public int? Distinct => _cells.Codes is null ? null : _cells.Distinct;

    /// <summary>Cells, of rows that nothing is learned from, whose value is not of the kind of the column: they are taken for missing.</summary>
    public int Misfits => Reading?.OtherMisses ?? 0;

    /// <summary>The order in which its days are written; null where it holds none.</summary>
    internal DateOrder? Days => Kind == ColumnKind.Date ? (DateOrder)_cells.Dates.ToList().IndexOf(Reading) : null;

    /// <summary>The cells as days, by <see cref="DateOrder"/>.</summary>
    internal IReadOnlyList<ColumnReading?> Dates => _cells.Dates;

    /// <summary>The cells as numbers; null where they are none.</summary>
    internal ColumnReading? Reading { get; }

    /// <summary>The cells as numbers, whatever their kind is; null where they were declared to be none.</summary>
    internal ColumnReading? Numbers => _cells.Numbers;

    /// <summary>
    /// The column as some of its rows tell it, as if the others had been known to be held out when it was read; null where those rows have no value.
    /// Its values must be known, and be those of files written alike.
    /// </summary>
    /// <exception cref="TrainingException">They are wrong; where they stand is not known.</exception>
    internal TableColumn? Retell(bool[] heldOut)
    {
        var cells = _cells.Retell(heldOut);
        if (cells.Present == 0)
        {
            return null;
        }

        var (kind, reading, why) = ColumnRules.Decide(cells, isFirst: Number == 1 && IsUnnamed);
        return new TableColumn(Number, cells, kind, reading, why) { IsUnnamed = IsUnnamed };
    }

    /// <summary>For each cell the place of its value in <see cref="Values"/>, or <see cref="ColumnCells.NoCode"/>.</summary>
    internal Cells<ushort>? Codes => _cells.Codes;

    /// <summary>The values, in the order of the rows that first had them.</summary>
    internal IReadOnlyList<(string Value, int Cells)> Values => _cells.Values;

    /// <summary>The values that most cells have, with the cells that have each.</summary>
    public IEnumerable<(string Value, int Cells)> Frequent(int count) =>
        _cells.Codes is null ? [] : _cells.Values.Where(pair => pair.Cells > 0).OrderByDescending(pair => pair.Cells).ThenBy(pair => pair.Value, StringComparer.Ordinal).Take(count);

    /// <summary>A number of the column as people write it: a day where it holds days.</summary>
    public string Show(double value) =>
        Kind == ColumnKind.Date ? DateCell.Show(value) : value.ToString("G7", System.Globalization.CultureInfo.InvariantCulture);
}
