namespace Gpu.Kernels.Ops;

/// <summary>
/// An image moves by whole pixels, from -s to s, across and down, each equally likely; as PyTorch's <c>RandomAffine</c> moves them. Whole ones lose nothing:
/// alone, a shift copies bytes.
/// </summary>
internal static class ShiftAugmentation
{
    internal const int Slot = 0;

    internal static AugmentationKind Kind { get; } = new("shift", "2", Slot, [new("PIXELS", 1, 10_000, IsWhole: true)]);

    internal static AffineMap Apply(AffineMap map, SampleDraw draw, float pixels)
    {
        var (x, y, _, _) = SampleDraw.Block(draw, Slot, 0);
        return AffineMap.Move(map, SampleDraw.Whole(x, (int)pixels), SampleDraw.Whole(y, (int)pixels));
    }
}
