namespace Gpu.Kernels.Ops;

/// <summary>An image turns about its middle by an angle that is uniform from -d to d degrees.</summary>
internal static class RotationAugmentation
{
    internal const int Slot = 1;

    /// <summary>A 360th: degrees as turns.</summary>
    internal const float Turns = 1f / 360;

    internal static AugmentationKind Kind { get; } = new("rotate", "15", Slot, [new("DEGREES", 0, 180)]);

    internal static AffineMap Apply(AffineMap map, SampleDraw draw, float degrees)
    {
        var (x, _, _, _) = SampleDraw.Block(draw, Slot, 0);
        var (sin, cos) = KernelMath.SinCosOfTurns(degrees * Turns * SampleDraw.Symmetric(x));
        return AffineMap.Then(map, cos, -sin, sin, cos);
    }
}
