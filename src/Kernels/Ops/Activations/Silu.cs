using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// y = a s with s = 1 / (1 + e^-a) (Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units for neural network function approximation in
/// reinforcement learning", 2018; also called swish); y' = s (1 + a (1 - s)).
/// </summary>
internal readonly struct Silu : IActivationFunction
{
    public static string Name => "silu";

    public static SlopeSource From => SlopeSource.Sum;

    public static double Step => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Multiply(a, TSimd.Sigmoid(a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var one = TSimd.Broadcast(1f);
        var s = TSimd.Sigmoid(a);
        return TSimd.Multiply(s, TSimd.Fma(a, TSimd.Subtract(one, s), one));
    }

    public static Tracked Truth(Tracked a) => a * Sigmoid.Truth(a);

    public static Tracked Slope(Tracked a)
    {
        var s = Sigmoid.Truth(a);
        return s * (1 + (a * (1 - s)));
    }
}
