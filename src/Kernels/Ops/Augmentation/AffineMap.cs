namespace Gpu.Kernels.Ops;

/// <summary>
/// Where each pixel of an augmented image is taken from: (x, y) from the middle of the result is (Xx x + Xy y + X0, Yx x + Yy y + Y0) from the middle
/// of the source, in pixels. Products are taken by <see cref="KernelMath.Fma"/> alone, so that all devices have the same bits.
/// </summary>
internal struct AffineMap
{
    internal float Xx;
    internal float Xy;
    internal float X0;
    internal float Yx;
    internal float Yy;
    internal float Y0;

    /// <summary>Every pixel from its own place.</summary>
    internal static AffineMap Identity => new() { Xx = 1f, Yy = 1f };

    /// <summary>The same with (x, y) moved on.</summary>
    internal static AffineMap Move(AffineMap map, float x, float y)
    {
        map.X0 += x;
        map.Y0 += y;
        return map;
    }

    /// <summary>Behind the map, (x, y) becomes (xx x + xy y, yx x + yy y).</summary>
    internal static AffineMap Then(AffineMap map, float xx, float xy, float yx, float yy) => new()
    {
        Xx = KernelMath.Fma(xx, map.Xx, xy * map.Yx),
        Xy = KernelMath.Fma(xx, map.Xy, xy * map.Yy),
        X0 = KernelMath.Fma(xx, map.X0, xy * map.Y0),
        Yx = KernelMath.Fma(yx, map.Xx, yy * map.Yx),
        Yy = KernelMath.Fma(yx, map.Xy, yy * map.Yy),
        Y0 = KernelMath.Fma(yx, map.X0, yy * map.Y0),
    };
}
