using System.Globalization;

namespace Gpu.Training.Data;

/// <summary>
/// A number x becomes z / sqrt(1 + (z/3)^2) with z = (x - median) / spread, the spread that between the quartiles: values far out come near to 3
/// and never beyond, where a deviation would be theirs alone (RealMLP; Holzmueller, Grinsztajn, Steinwart 2024, "Better by default", section 3).
/// A missing one becomes the median, 0, and a second input says so, where any was missing. Behind these stand its <see cref="Bins"/>, if any.
/// </summary>
/// <param name="Name">The column.</param>
/// <param name="Median">What becomes 0.</param>
/// <param name="Spread">What becomes 1 before the clipping.</param>
/// <param name="HasFlag">Whether there is an input that is 1 where the number is missing.</param>
/// <param name="Days">In which order the days are written that the numbers count since 2000; null where they are no days.</param>
public sealed record NumberEncoding(string Name, float Median, float Spread, bool HasFlag, DateOrder? Days = null) : ColumnEncoding(Name)
{
    /// <summary>What inputs come near to and never beyond.</summary>
    internal const double Reach = 3;

    /// <summary>The parts of its range that have an input each.</summary>
    public NumberBins Bins { get; init; } = NumberBins.None;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => [Name, .. HasFlag ? [$"{Name} is missing"] : Array.Empty<string>(), .. Bins.Features(Name)];

    /// <inheritdoc/>
    public override (int Input, float Number)? Missing => HasFlag ? (1, 1) : null;

    /// <inheritdoc/>
    public override string Describe()
    {
        var moved = Median == 0 ? "x" : string.Create(CultureInfo.InvariantCulture, $"(x {(Median < 0 ? '+' : '-')} {Math.Abs(Median):G6})");
        return string.Create(CultureInfo.InvariantCulture, $"{moved} / {Spread:G4}{(HasFlag ? ", flag" : "")}{(Bins.Count > 0 ? $", {Bins.Count} bins" : "")}");
    }

    /// <summary>The input of a number; the number must be none that is missing.</summary>
    internal float Encode(float value)
    {
        // In float64: numbers such as moments are large beside their spread.
        var z = ((double)value - Median) / Spread;
        return (float)(z / Math.Sqrt(1 + (z / Reach * (z / Reach))));
    }

    /// <inheritdoc/>
    internal override ColumnEncoder Bind(TableColumn column)
    {
        // 1/2/2024 is another day in another order, and a file may hold none that tells.
        var reading = Days is { } order ? (column.Kind == ColumnKind.Date ? column.Dates[(int)order] : null) : column.Kind == ColumnKind.Number ? column.Reading : null;
        return reading is { Values.Count: > 0 } ? new NumberEncoder(this, reading.Values) { Name = Name, Features = Features.Count }
            : throw Refuse(Days is null ? ColumnKind.Number : ColumnKind.Date, column);
    }

    /// <summary>Fits median, spread and bins; a column of one value, or none, is left out.</summary>
    internal static ColumnEncoding Fit(TableColumn column, ReadOnlySpan<int> rows, int bins, SortRoom room)
    {
        var values = room.Sorted(column, rows);
        if (values.Length == 0 || values[0] == values[^1])
        {
            return new LeftOutEncoding(column.Name, values.Length == 0 ? "it has no value" : "it has one value in all rows");
        }

        var spread = Quantiles.At(values, 0.75) - Quantiles.At(values, 0.25);

        // Where half of the rows have one value, the quartiles are the same: half the range then stands for the spread.
        spread = spread > 0 ? spread : (values[^1] - (double)values[0]) / 2;
        var median = (float)Quantiles.At(values, 0.5);
        return new NumberEncoding(column.Name, median, (float)spread, values.Length < rows.Length, column.Days) { Bins = NumberBins.Fit(values, median, bins) };
    }
}
