namespace Gpu.Kernels.Checks;

/// <summary>
/// The numbers of a case: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014), seeded
/// by the case's name, so that a case re-run alone meets the same data.
/// </summary>
public sealed class CaseRandom
{
    private ulong _state;

    /// <summary>A generator whose numbers depend on <paramref name="name"/> alone.</summary>
    public CaseRandom(string name)
    {
        ArgumentNullException.ThrowIfNull(name);

        // FNV-1a, 64 bits.
        _state = 14695981039346656037;
        foreach (var c in name)
        {
            _state = (_state ^ c) * 1099511628211;
        }
    }

    /// <summary>64 random bits.</summary>
    public ulong Bits()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>An integer from 0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(((UInt128)Bits() * (uint)count) >> 64);

    /// <summary>A float, uniform from <paramref name="low"/> up to, not including, <paramref name="high"/>.</summary>
    public float Between(float low, float high) => low + ((high - low) * ((Bits() >> 40) * (1f / (1 << 24))));

    /// <summary>An array of values made one after the other.</summary>
    public T[] Array<T>(int length, Func<CaseRandom, T> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var result = new T[length];
        for (var i = 0; i < length; i++)
        {
            result[i] = value(this);
        }

        return result;
    }

    /// <summary>The numbers 0 to <paramref name="count"/> - 1 in random order.</summary>
    public int[] Permutation(int count)
    {
        var result = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (result[i], result[j]) = (result[j], result[i]);
        }

        return result;
    }
}
