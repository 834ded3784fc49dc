using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>y = tanh(a); y' = 1 - y^2.</summary>
internal readonly struct Tanh : IActivationFunction
{
    public static string Name => "tanh";

    public static SlopeSource From => SlopeSource.Output;

    public static double Step => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Tanh(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Fma(TSimd.Multiply(TSimd.Broadcast(-1f), y), y, TSimd.Broadcast(1f));

    public static Tracked Truth(Tracked a) => new(Math.Tanh(a.Value), a.Error + (Reference64.MathError * Math.Abs(Math.Tanh(a.Value))));

    public static Tracked Slope(Tracked y) => Tracked.Through(
        v => 1 - (v * v), y, Reference64.Rounding * (Math.Abs(1 - (y.Value * y.Value)) + (y.Value * y.Value)));
}
