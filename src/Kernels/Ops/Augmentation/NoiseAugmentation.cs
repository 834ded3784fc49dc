namespace Gpu.Kernels.Ops;

/// <summary>
/// Every value of an image has noise added to it, of mean 0 and a deviation of so many 255ths of the range, and stays from 0 to 255. It is very nearly normal:
/// the sum of the eight half-bytes of a word, which is exact on every device (the largest is 4.6 deviations).
/// </summary>
internal static class NoiseAugmentation
{
    internal const int Slot = 6;

    /// <summary>The mean of a word's eight half-bytes.</summary>
    internal const int Mean = 60;

    /// <summary>The variance of their sum: eight times that of 0 to 15.</summary>
    private const double Variance = 8 * (256.0 - 1) / 12;

    internal static AugmentationKind Kind { get; } = new("noise", "0.1", Slot, [new("DEVIATION", 0, 1)]);

    /// <summary>What the sum of half-bytes, less its mean, is multiplied by.</summary>
    internal static float Scale(float deviation) => (float)(byte.MaxValue * (double)deviation / Math.Sqrt(Variance));

    /// <summary>The sum of a word's half-bytes.</summary>
    internal static uint Sum(uint word) => (((word & 0x0F0F0F0F) + ((word >> 4) & 0x0F0F0F0F)) * 0x01010101) >> 24;
}
