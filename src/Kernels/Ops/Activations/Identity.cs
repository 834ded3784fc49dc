using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>y = a: what a layer without an activation has.</summary>
internal readonly struct Identity : IActivationFunction
{
    public static string Name => "identity";

    public static SlopeSource From => SlopeSource.None;

    public static double Step => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative<TSimd, TVector>(TVector from) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Broadcast(1f);

    public static Tracked Truth(Tracked a) => a;

    public static Tracked Slope(Tracked from) => 1;
}
