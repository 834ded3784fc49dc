using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>Bytes of samples as floats.</summary>
internal static unsafe class ScaledBytes<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : struct
{
    /// <summary>target = bytes * scale + offset, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Store(byte* source, int count, float scale, float offset, float* target)
    {
        var (factor, shift) = (TSimd.Broadcast(scale), TSimd.Broadcast(offset));
        var i = 0;
        for (; i + TSimd.Width <= count; i += TSimd.Width)
        {
            TSimd.Store(target + i, TSimd.Fma(Load(source + i), factor, shift));
        }

        for (; i < count; i++)
        {
            target[i] = KernelMath.Fma(source[i], scale, offset);
        }
    }

    /// <summary>As many bytes as there are floats in a vector, converted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load(byte* source)
    {
        if (typeof(TVector) == typeof(Vector512<float>))
        {
            var shorts = Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe());
            return As(Vector512.ConvertToSingle(Vector512.WidenLower(shorts.ToVector512Unsafe()).AsInt32()));
        }

        if (typeof(TVector) == typeof(Vector256<float>))
        {
            var shorts = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsByte());
            return As(Vector256.ConvertToSingle(Vector256.WidenLower(shorts.ToVector256Unsafe()).AsInt32()));
        }

        if (typeof(TVector) == typeof(Vector128<float>))
        {
            var shorts = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)source).AsByte());
            return As(Vector128.ConvertToSingle(Vector128.WidenLower(shorts).AsInt32()));
        }

        return TSimd.Broadcast(*source);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector As<T>(T value) where T : struct => Unsafe.BitCast<T, TVector>(value);
}
