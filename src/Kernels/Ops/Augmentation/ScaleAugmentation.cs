namespace Gpu.Kernels.Ops;

/// <summary>
/// An image is scaled about its middle, across and down by numbers of their own (Ciresan, Meier, Gambardella and Schmidhuber, "Deep big simple neural nets for
/// handwritten digit recognition", 2010): distances in it are divided by factors uniform from 1 - s to 1 + s.
/// </summary>
internal static class ScaleAugmentation
{
    internal const int Slot = 2;

    internal static AugmentationKind Kind { get; } = new("scale", "0.1", Slot, [new("SHARE", 0, 0.9f)]);

    internal static AffineMap Apply(AffineMap map, SampleDraw draw, float share)
    {
        var (x, y, _, _) = SampleDraw.Block(draw, Slot, 0);
        return AffineMap.Then(map, KernelMath.Fma(share, SampleDraw.Symmetric(x), 1f), 0f, 0f, KernelMath.Fma(share, SampleDraw.Symmetric(y), 1f));
    }
}
