using System.Numerics;

namespace Gpu.Training.Data;

/// <summary>
/// The hashes of the samples of a part of a run's data, as often as each occurs. Of very many samples those are kept whose hash ends in some bits of 0,
/// a share that is the same for whoever looks a sample up: what is not kept is not known, one way or the other.
/// </summary>
internal sealed class HashedPart
{
    /// <summary>The most hashes of a part: 8 MiB.</summary>
    internal const int Most = 1 << 20;

    private readonly int _most;
    private ulong[] _hashes;
    private int _used;

    /// <summary>A part that samples are to be added to.</summary>
    /// <param name="expected">How many there will be.</param>
    /// <param name="most">The most hashes that are kept.</param>
    internal HashedPart(int expected, int most = Most) => (_most, _hashes) = (most, new ulong[Math.Min(expected, most + 1)]);

    /// <summary>A part as it was written.</summary>
    internal HashedPart(long count, int bits, ulong[] hashes) => (_most, Count, Bits, _hashes, _used) = (Most, count, bits, hashes, hashes.Length);

    /// <summary>Samples, kept or not.</summary>
    internal long Count { get; private set; }

    /// <summary>Bits at the end of a hash that are 0 in all that are kept: one sample of 2^bits is.</summary>
    internal int Bits { get; private set; }

    /// <summary>The hashes that are kept, by size once <see cref="Sort"/> was called.</summary>
    internal ReadOnlySpan<ulong> Hashes => _hashes.AsSpan(0, _used);

    /// <summary>Adds the hash of a sample.</summary>
    internal void Add(ulong hash)
    {
        Count++;
        if (!Keeps(hash))
        {
            return;
        }

        if (_used == _hashes.Length)
        {
            Array.Resize(ref _hashes, Math.Min(Math.Max(2 * _used, 1 << 10), _most + 1));
        }

        _hashes[_used++] = hash;
        while (_used > _most)
        {
            Thin(Bits + 1);
        }
    }

    /// <summary>Adds what another part has.</summary>
    internal void Add(HashedPart other)
    {
        var count = Count + other.Count;
        Thin(Math.Max(Bits, other.Bits));
        foreach (var hash in other.Hashes)
        {
            Add(hash);
        }

        Count = count;
    }

    /// <summary>Whether a sample of that hash would be kept.</summary>
    internal bool Keeps(ulong hash) => BitOperations.TrailingZeroCount(hash) >= Bits;

    /// <summary>Puts the hashes in order.</summary>
    internal HashedPart Sort()
    {
        Array.Sort(_hashes, 0, _used);
        return this;
    }

    /// <summary>Where the samples of a hash stand among those that are kept, which must be in order: the first of them, and the one behind the last.</summary>
    internal (int First, int End) Find(ulong hash)
    {
        var first = FirstFrom(hash);
        return (first, first < _used && _hashes[first] == hash ? hash == ulong.MaxValue ? _used : FirstFrom(hash + 1) : first);
    }

    private int FirstFrom(ulong hash)
    {
        var (low, high) = (0, _used);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = _hashes[middle] < hash ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The share of the samples of which there is another one alike; 0 where there are none. The hashes must be in order.</summary>
    internal double TwinShare()
    {
        var twins = 0;
        for (var i = 0; i < _used; i++)
        {
            twins += (i > 0 && _hashes[i - 1] == _hashes[i]) || (i < _used - 1 && _hashes[i + 1] == _hashes[i]) ? 1 : 0;
        }

        return _used == 0 ? 0 : (double)twins / _used;
    }

    private void Thin(int bits)
    {
        Bits = bits;
        var left = 0;
        for (var i = 0; i < _used; i++)
        {
            if (Keeps(_hashes[i]))
            {
                _hashes[left++] = _hashes[i];
            }
        }

        _used = left;
    }
}
