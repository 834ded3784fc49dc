namespace Gpu.Fuzzing;

/// <summary>
/// Random numbers of one case: a function of seed, format and case alone, so that one case can be made again without those
/// before it. SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
/// </summary>
public sealed class FuzzRandom
{
    private ulong _state;

    /// <summary>The numbers of a case.</summary>
    public FuzzRandom(ulong seed, string format, int number)
    {
        _state = seed;
        foreach (var letter in format)
        {
            _state = Next() ^ letter;
        }

        _state = Next() ^ (uint)number;
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to below <paramref name="count"/>.</summary>
    public int Below(int count) => (int)(Next() % (uint)count);

    /// <summary>A number from 1 to <paramref name="most"/>, where small ones are as likely as large ones.</summary>
    public int Size(int most) => 1 + Below(1 + Below(most));

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int count) => Below(count) == 0;

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Random bytes.</summary>
    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)Next();
        }

        return bytes;
    }
}
