using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Model;

/// <summary>The bits of floats. Kernels use <c>BitConverter.SingleToInt32Bits</c> and its inverse instead.</summary>
public static class Interop
{
    /// <summary>The bits of a float.</summary>
    public static uint FloatAsInt(float value) => Unsafe.BitCast<float, uint>(value);

    /// <summary>The float of these bits.</summary>
    public static float IntAsFloat(uint value) => Unsafe.BitCast<uint, float>(value);
}
