using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gpu.Kernels.Devices.Cpu;

/// <summary>Loads that <see cref="ISimd{TVector}"/> composes less well, and what brings memory near.</summary>
internal static unsafe class SimdMemory
{
    /// <summary>
    /// All elements *<paramref name="source"/>. Given the address and not the value, the JIT broadcasts in the load itself; a
    /// shuffle of its own would take turns with the multiplications.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Broadcast<TSimd, TVector>(float* source) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        typeof(TVector) == typeof(Vector512<float>) ? (TVector)(object)Vector512.Create(*source)
        : typeof(TVector) == typeof(Vector256<float>) ? (TVector)(object)Vector256.Create(*source)
        : TSimd.Broadcast(*source);

    /// <summary>Asks for memory that will be read soon and is in no cache near by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void FetchAhead(void* from, nint bytes)
    {
        const int CacheLine = 64;
        if (Sse.IsSupported)
        {
            for (nint at = 0; at < bytes; at += CacheLine)
            {
                Sse.Prefetch1((byte*)from + at);
            }
        }
    }
}
