using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// y = a where a is above 0, else e^a - 1 (Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential
/// linear units (ELUs)", 2016, with alpha = 1 as PyTorch has it); below 0 y' = y + 1.
/// </summary>
internal readonly struct Elu : IActivationFunction
{
    public static string Name => "elu";

    public static SlopeSource From => SlopeSource.Output;

    public static double Step => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.SelectPositive(a, a, TSimd.Expm1(a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.SelectPositive(y, TSimd.Broadcast(1f), TSimd.Add(y, TSimd.Broadcast(1f)));

    public static Tracked Truth(Tracked a) => a.Value > 0
        ? a
        : new(Reference64.Expm1(a.Value), a.Error + (Reference64.MathError * Math.Abs(Reference64.Expm1(a.Value))));

    public static Tracked Slope(Tracked y) => y.Value > 0 ? new(1, y.Error) : y + 1;
}
