public enum Parity
{
    Even = 0,
    Odd = 1,
}

public struct Range
{
    public int Low;
    public int High;
}

public static class Histogram
{
    /// <summary>Counts the values of each parity within a range, and hashes their indices.</summary>
    public static void CountKernel(Index2D index, ArrayView<byte> values, int width, SpecializedValue<int> low, ArrayView<int> counts, ArrayView<uint> hash)
    {
        var range = new Range { Low = low, High = 200 };
        var value = values[(index.Y * width) + index.X];
        if (!Contains(range, value))
        {
            return;
        }

        var parity = (value & 1) == (int)Parity.Odd ? Parity.Odd : Parity.Even;
        switch (parity)
        {
            case Parity.Odd:
                Atomic.Add(ref counts[(int)Parity.Odd], 1);
                break;
            default:
                Atomic.Add(ref counts[0], 1);
                break;
        }

        var h = (index.X * 31) + (index.Y << width);
        h ^= h >>> 3;
        Atomic.Xor(ref hash[0], (uint)h);
    }

    private static bool Contains(Range range, int value) => value >= range.Low && value <= range.High;
}
