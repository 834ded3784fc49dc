namespace Gpu.Kernels.Ops;

/// <summary>
/// The random words of one sample in one epoch: <see cref="Philox"/> with the seed as its key and the counter (block, sample, purpose and epoch, stream).
/// The sample is its number in the data set, so that neither the size of a batch nor the order of the samples nor where they lie changes what is drawn.
/// </summary>
internal struct SampleDraw
{
    /// <summary>What the words are drawn for, so that they share no sequence with others of the same seed.</summary>
    internal const uint Purpose = 7;

    /// <summary>A 2^23th: what makes of the upper 24 bits of a word, with their sign, a number from -1 up to, not including, 1.</summary>
    private const float Unit = 1f / (1 << 23);

    internal uint Sample;
    internal uint PurposeAndEpoch;
    internal uint SeedLow;
    internal uint SeedHigh;

    /// <summary>The words of a sample.</summary>
    internal static SampleDraw Of(int sample, int epoch, uint seedLow, uint seedHigh) => new()
    {
        Sample = (uint)sample,
        PurposeAndEpoch = (Purpose << 24) ^ ((uint)epoch & 0xFFFFFF),
        SeedLow = seedLow,
        SeedHigh = seedHigh,
    };

    /// <summary>Four words.</summary>
    internal static (uint X, uint Y, uint Z, uint W) Block(SampleDraw draw, int stream, uint block) =>
        Philox.Block(block, draw.Sample, draw.PurposeAndEpoch, (uint)stream, draw.SeedLow, draw.SeedHigh);

    /// <summary>A number from -1 up to, not including, 1, each multiple of 2^-23 equally likely.</summary>
    internal static float Symmetric(uint word) => ((int)word >> 8) * Unit;

    /// <summary>A whole number from -most to most, at most 32,767, of a word's upper half.</summary>
    internal static int Whole(uint word, int most) => (int)(((word >> 16) * (uint)((2 * most) + 1)) >> 16) - most;
}
