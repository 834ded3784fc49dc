namespace Gpu.Kernels.Ops;

/// <summary>Four neighbouring floats: devices load and store them at once, from addresses that are multiples of 16 bytes.</summary>
public struct Float4
{
    internal float X;
    internal float Y;
    internal float Z;
    internal float W;
}

/// <summary>Four integers.</summary>
public struct Int4
{
    internal int X;
    internal int Y;
    internal int Z;
    internal int W;
}
