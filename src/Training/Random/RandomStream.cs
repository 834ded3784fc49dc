using Gpu.Kernels.Ops;

namespace Gpu.Training.Random;

/// <summary>What random numbers are drawn for: no two purposes share a sequence.</summary>
public enum RandomPurpose
{
    /// <summary>Initial weights.</summary>
    Weights = 1,

    /// <summary>The order of the samples in an epoch.</summary>
    Shuffle = 2,

    /// <summary>Which samples are held out.</summary>
    Split = 3,

    /// <summary>A learning rate that is drawn for each step.</summary>
    LearningRate = 4,

    /// <summary>The built-in digits.</summary>
    Digits = 5,

    /// <summary>Initial biases, where they are drawn.</summary>
    Biases = 32,

    /// <summary>Whose cell of a column each row of a table gets, to find out what the column is worth.</summary>
    Importance = 9,

    /// <summary>What <see cref="Kernels.Ops.Dropout"/> sets to 0.</summary>
    Dropout = (int)Kernels.Ops.Dropout.Purpose,

    // 7 is what augmentation draws by, on the device.

    /// <summary>Which fold a sample is in.</summary>
    Folds = 8,

    /// <summary>Which combinations of settings are tried.</summary>
    Sweep = 10,
}

/// <summary>
/// A sequence of random numbers that is a function of (seed, purpose, epoch, index) alone: nothing needs to be replayed to
/// come back to it, and no draw elsewhere changes it.
/// </summary>
public struct RandomStream
{
    private readonly uint _seedLow;
    private readonly uint _seedHigh;
    private readonly uint _purposeAndEpoch;
    private readonly uint _index;
    private readonly uint _epochHigh;
    private uint _block;
    private int _used;
    private (uint X, uint Y, uint Z, uint W) _words;
    private double _spareNormal;
    private bool _hasSpare;

    /// <summary>The sequence of one seed, purpose, epoch and index.</summary>
    public RandomStream(ulong seed, RandomPurpose purpose, int epoch = 0, int index = 0)
    {
        _seedLow = (uint)seed;
        _seedHigh = (uint)(seed >> 32);
        _purposeAndEpoch = ((uint)purpose << 24) ^ ((uint)epoch & 0xFFFFFF);
        _epochHigh = (uint)epoch >> 24;
        _index = (uint)index;
        _used = 4;
    }

    /// <summary>32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_used == 4)
        {
            _words = Philox.Block(_block++, _index, _purposeAndEpoch, _epochHigh, _seedLow, _seedHigh);
            _used = 0;
        }

        return _used++ switch { 0 => _words.X, 1 => _words.Y, 2 => _words.Z, _ => _words.W };
    }

    /// <summary>A number in [0, 1), a multiple of 2^-24.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>A number in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble()
    {
        var high = (ulong)NextUInt32() >> 5;
        return (((high << 26) | (NextUInt32() >> 6)) * (1.0 / (1L << 53)));
    }

    /// <summary>An integer from 0 to <paramref name="count"/> - 1, each equally likely (Lemire's multiply and reject).</summary>
    public int Next(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var bound = (uint)count;
        var product = (ulong)NextUInt32() * bound;
        if ((uint)product < bound)
        {
            var threshold = unchecked(0u - bound) % bound;
            while ((uint)product < threshold)
            {
                product = (ulong)NextUInt32() * bound;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>A number of the standard normal distribution (Marsaglia's polar method).</summary>
    public double NextNormal()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spareNormal;
        }

        double u, v, square;
        do
        {
            u = (2 * NextDouble()) - 1;
            v = (2 * NextDouble()) - 1;
            square = (u * u) + (v * v);
        }
        while (square is >= 1 or 0);

        var factor = Math.Sqrt(-2 * Math.Log(square) / square);
        _spareNormal = v * factor;
        _hasSpare = true;
        return u * factor;
    }

    /// <summary>Puts a sequence into a random order (Fisher and Yates).</summary>
    public void Shuffle(Span<int> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = Next(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }
}
