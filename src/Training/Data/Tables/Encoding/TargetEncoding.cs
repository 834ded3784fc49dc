namespace Gpu.Training.Data;

/// <summary>A quantity y is learned as (y - mean) / deviation.</summary>
/// <param name="Mean">The mean of the rows that were learned from.</param>
/// <param name="Deviation">Their standard deviation, over all of them and not one less.</param>
public sealed record TargetEncoding(double Mean, double Deviation)
{
    /// <summary>What is learned of a quantity.</summary>
    public float Encode(double value) => (float)((value - Mean) / Deviation);

    /// <summary>What is learned of each row of a column; NaN where it has no number.</summary>
    internal float[] EncodeAll(TableColumn column)
    {
        var encoded = new float[column.Reading!.Values.Count];
        for (var row = 0; row < encoded.Length; row++)
        {
            encoded[row] = Encode(column.Reading.Values[row]);
        }

        return encoded;
    }

    /// <summary>The quantity that an answer stands for.</summary>
    public double Decode(double answer) => (answer * Deviation) + Mean;

    /// <summary>Fits mean and deviation; where all values are the same, the deviation is taken for 1.</summary>
    internal static TargetEncoding Fit(TableColumn column, ReadOnlySpan<int> rows)
    {
        // Two passes: squares of large values that lie close together would cancel.
        var values = new SortRoom(rows.Length).Sorted(column, rows);
        var mean = MeanOf(values, from: 0, power: 1);
        var deviation = Math.Sqrt(MeanOf(values, mean, power: 2));
        return new TargetEncoding(mean, deviation > 0 ? deviation : 1);
    }

    /// <summary>The mean of the distances from a number, or of their squares; 0 where there are none.</summary>
    private static double MeanOf(ReadOnlySpan<float> values, double from, int power)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += power == 1 ? value - from : (value - from) * (value - from);
        }

        return values.Length == 0 ? 0 : sum / values.Length;
    }
}
