namespace Gpu.Kernels.Ops;

/// <summary>
/// Elastic distortion (Simard, Steinkraus and Platt, "Best practices for convolutional neural networks applied to visual document analysis", 2003): each pixel
/// is taken from a place that is displaced by fields across and down. A field is uniform from -1 to 1 at each pixel of the image and 0 outside, smoothed by a
/// gaussian of the deviation sigma, and multiplied by alpha; as is usual it is not brought to a norm of 1 before. The gaussian ends at three deviations,
/// and its weights add up to 1.
/// </summary>
internal static class ElasticAugmentation
{
    /// <summary>Alpha, and behind it sigma.</summary>
    internal const int Slot = 4;

    internal const int SigmaSlot = Slot + 1;

    /// <summary>What makes a number from -1 to 1 of a half of a word: across of the lower one, down of the upper.</summary>
    internal const float Unit = 1f / (1 << 15);

    internal static AugmentationKind Kind { get; } = new("elastic", "36/5.5", Slot, [new("ALPHA", 0, 10_000), new("SIGMA", 0.3f, 300)]);

    /// <summary>How far the gaussian reaches, in pixels.</summary>
    internal static int Radius(float sigma) => (int)Math.Ceiling(3 * (double)sigma);

    /// <summary>The weights of the gaussian by distance, from 0 to the radius.</summary>
    internal static double[] Weights(float sigma)
    {
        var weights = new double[Radius(sigma) + 1];
        for (var d = 0; d < weights.Length; d++)
        {
            weights[d] = Math.Exp(-(double)d * d / (2 * (double)sigma * sigma));
        }

        var sum = (2 * weights.Sum()) - weights[0];
        return [.. weights.Select(weight => weight / sum)];
    }
}
