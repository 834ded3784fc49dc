using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// y = a t with t = tanh(ln(1 + e^a)) (Misra, "Mish: a self regularized non-monotonic activation function", 2020);
/// y' = t + a (1 - t^2) / (1 + e^-a).
/// </summary>
internal readonly struct Mish : IActivationFunction
{
    public static string Name => "mish";

    public static SlopeSource From => SlopeSource.Sum;

    public static double Step => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Multiply(a, Gate<TSimd, TVector>(a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var t = Gate<TSimd, TVector>(a);
        var rest = TSimd.Fma(TSimd.Multiply(TSimd.Broadcast(-1f), t), t, TSimd.Broadcast(1f));
        return TSimd.Fma(TSimd.Multiply(a, TSimd.Sigmoid(a)), rest, t);
    }

    public static Tracked Truth(Tracked a) => a * GateTruth(a);

    public static Tracked Slope(Tracked a)
    {
        var t = GateTruth(a);
        return t + (a * Sigmoid.Truth(a) * (1 - (t * t)));
    }

    /// <summary>
    /// t = ((1 + e^a)^2 - 1) / ((1 + e^a)^2 + 1), which with z = e^-|a| is (z^2 + 2 z) / (z^2 + 2 z + 2) below 0, and
    /// (1 + 2 z) / (1 + 2 z + 2 z^2) above: nothing overflows.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Gate<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var (one, two) = (TSimd.Broadcast(1f), TSimd.Broadcast(2f));
        var z = TSimd.Exp(TSimd.Subtract(TSimd.Zero, TSimd.Abs(a)));
        var upper = TSimd.SelectPositive(a, TSimd.Fma(two, z, one), TSimd.Fma(z, z, TSimd.Multiply(two, z)));
        return TSimd.Divide(upper, TSimd.Add(upper, TSimd.SelectPositive(a, TSimd.Multiply(two, TSimd.Multiply(z, z)), two)));
    }

    private static Tracked GateTruth(Tracked a)
    {
        static double Gate(double x) => Math.Tanh(Math.Max(x, 0) + Reference64.Log1p(Math.Exp(-Math.Abs(x))));
        return Tracked.Through(Gate, a, (2 * Reference64.MathError * Gate(a.Value)) + Reference64.Underflow);
    }
}
