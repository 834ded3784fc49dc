namespace Gpu.Training.Data;

/// <summary>How often each byte occurs among samples: what scaling, warnings and the choice of operations go by.</summary>
public sealed class SampleStatistics
{
    private readonly long[] _counts = new long[256];

    /// <summary>The bytes seen.</summary>
    public long Count => _counts.Sum();

    /// <summary>The smallest byte; 0 where there are none.</summary>
    public byte Min => (byte)Math.Max(0, Array.FindIndex(_counts, count => count > 0));

    /// <summary>The largest byte; 0 where there are none.</summary>
    public byte Max => (byte)Math.Max(0, Array.FindLastIndex(_counts, count => count > 0));

    /// <summary>The share of bytes that are not 0; 0 where there are none.</summary>
    public double Density => Count == 0 ? 0 : 1 - ((double)_counts[0] / Count);

    /// <summary>The mean of the bytes; 0 where there are none.</summary>
    public double Mean => Count == 0 ? 0 : _counts.Select((count, value) => (double)count * value).Sum() / Count;

    /// <summary>Those of all samples of a store.</summary>
    internal static SampleStatistics Of(SampleStore samples)
    {
        var statistics = new SampleStatistics();
        samples.ForEachPiece(piece => statistics.Add(piece.Span));
        return statistics;
    }

    /// <summary>Counts bytes.</summary>
    internal void Add(ReadOnlySpan<byte> values)
    {
        // Four tables: equal bytes in a row, of which images are full, would wait for one another in one.
        Span<int> counts = stackalloc int[4 * 256];
        counts.Clear();
        var i = 0;
        for (; i + 4 <= values.Length; i += 4)
        {
            counts[values[i]]++;
            counts[256 + values[i + 1]]++;
            counts[512 + values[i + 2]]++;
            counts[768 + values[i + 3]]++;
        }

        for (; i < values.Length; i++)
        {
            counts[values[i]]++;
        }

        for (var value = 0; value < 256; value++)
        {
            _counts[value] += (long)counts[value] + counts[256 + value] + counts[512 + value] + counts[768 + value];
        }
    }
}
