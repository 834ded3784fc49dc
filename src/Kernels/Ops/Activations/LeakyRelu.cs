using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>y = a where a is above 0, else 0.01 a (Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013), the
/// slope as PyTorch has it; the derivative is 0.01 at 0 and at NaN.</summary>
internal readonly struct LeakyRelu : IActivationFunction
{
    private const double Below = 0.01;

    public static string Name => "leaky-relu";

    public static SlopeSource From => SlopeSource.Output;

    public static double Step => 1 - Below;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.SelectPositive(a, a, TSimd.Multiply(TSimd.Broadcast((float)Below), a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.SelectPositive(y, TSimd.Broadcast(1f), TSimd.Broadcast((float)Below));

    public static Tracked Truth(Tracked a) => a.Value > 0
        ? a
        : new(Below * a.Value, a.Error + (2 * Reference64.Rounding * Below * Math.Abs(a.Value)));

    public static Tracked Slope(Tracked y) => y.Value > 0 ? 1 : new Tracked(Below, Reference64.Rounding * Below);
}
