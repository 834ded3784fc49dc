namespace Gpu.Kernels.Ops;

/// <summary>
/// An image leans to the side, as handwriting does: its rows move across by a share of their distance from the middle that is uniform from -s to s; the
/// tangent of an angle.
/// </summary>
internal static class ShearAugmentation
{
    internal const int Slot = 3;

    internal static AugmentationKind Kind { get; } = new("shear", "0.2", Slot, [new("SHARE", 0, 2)]);

    internal static AffineMap Apply(AffineMap map, SampleDraw draw, float share)
    {
        var (x, _, _, _) = SampleDraw.Block(draw, Slot, 0);
        return AffineMap.Then(map, 1f, share * SampleDraw.Symmetric(x), 0f, 1f);
    }
}
