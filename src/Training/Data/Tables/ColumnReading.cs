namespace Gpu.Training.Data;

/// <summary>Where a cell stands, and what it says.</summary>
/// <param name="Path">The file.</param>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Text">The cell.</param>
internal sealed record CellPlace(string Path, long Line, string Text);

/// <summary>The cells of a column, read one way: as numbers, or as days written in one order.</summary>
internal sealed class ColumnReading
{
    /// <summary>The cells so far; NaN where there is no value, or one that does not fit. None once they were let go.</summary>
    internal Cells<float> Values { get; private set; } = new();

    /// <summary>Cells that have a value and do not fit.</summary>
    internal int Misses { get; private set; }

    /// <summary>The first of them.</summary>
    internal CellPlace? FirstMiss { get; private set; }

    /// <summary>The first that is infinite, or beyond the numbers of float32.</summary>
    internal CellPlace? FirstInfinite { get; private set; }

    /// <summary>The smallest value.</summary>
    internal double Min { get; private set; } = double.PositiveInfinity;

    /// <summary>The largest value.</summary>
    internal double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>Whether all values are whole.</summary>
    internal bool IsWhole { get; private set; } = true;

    /// <summary>Whether each value is one more than that before it.</summary>
    internal bool IsCounting { get; private set; } = true;

    /// <summary>Whether <see cref="Values"/> were not let go.</summary>
    internal bool IsKept { get; private set; } = true;

    private double _last = double.NaN;

    /// <summary>Adds a cell without a value.</summary>
    internal void AddMissing()
    {
        IsCounting = false;
        Keep(float.NaN);
    }

    /// <summary>Adds a value.</summary>
    internal void Add(double value, string path, long line, ReadOnlySpan<char> cell)
    {
        var single = (float)value;
        if (!float.IsFinite(single))
        {
            FirstInfinite ??= new CellPlace(path, line, cell.ToString());
        }

        (Min, Max) = (Math.Min(Min, value), Math.Max(Max, value));
        IsWhole = IsWhole && value == Math.Floor(value);
        IsCounting = IsCounting && (double.IsNaN(_last) || value == _last + 1);
        _last = value;
        Keep(single);
    }

    /// <summary>Cells that have a value and do not fit, of rows that nothing is learned from.</summary>
    internal int OtherMisses { get; private set; }

    /// <summary>Adds a cell of a row that nothing is learned from, and that so decides nothing: NaN where it has no value, or none that fits.</summary>
    internal void AddOther(double value, bool isMiss)
    {
        // What counts the rows need not count on over one that is not looked at.
        _last = double.NaN;
        var single = (float)value;
        OtherMisses += isMiss || float.IsInfinity(single) ? 1 : 0;
        Keep(float.IsInfinity(single) ? float.NaN : single);
    }

    /// <summary>Lets the values go, because they are hardly those of the column; cells that fit are counted on, since later ones may prove otherwise.</summary>
    internal void LetGo()
    {
        IsKept = false;
        Values = new Cells<float>();
    }

    private void Keep(float value)
    {
        if (IsKept)
        {
            Values.Add(value);
        }
    }

    /// <summary>Adds a cell that does not fit.</summary>
    internal void AddMiss(string path, long line, ReadOnlySpan<char> cell)
    {
        FirstMiss ??= new CellPlace(path, line, cell.ToString());
        Misses++;
        AddMissing();
    }
}
