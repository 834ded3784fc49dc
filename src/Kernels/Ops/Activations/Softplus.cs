using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// y = ln(1 + e^a), a smooth ReLU (Dugas, Bengio, Belisle, Nadeau and Garcia, "Incorporating second-order functional knowledge for better
/// option pricing", 2001); y' = 1 - e^-y.
/// </summary>
internal readonly struct Softplus : IActivationFunction
{
    public static string Name => "softplus";

    public static SlopeSource From => SlopeSource.Output;

    public static double Step => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        // max(a, 0) + ln(1 + z) with z = e^-|a|; what the sum 1 + z loses of z is given back, so that small outputs keep their digits.
        var one = TSimd.Broadcast(1f);
        var z = TSimd.Exp(TSimd.Subtract(TSimd.Zero, TSimd.Abs(a)));
        var sum = TSimd.Add(one, z);
        var lost = TSimd.Divide(TSimd.Subtract(z, TSimd.Subtract(sum, one)), sum);
        return TSimd.Add(TSimd.SelectNegative(a, TSimd.Zero, a), TSimd.Add(TSimd.Log(sum), lost));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Subtract(TSimd.Zero, TSimd.Expm1(TSimd.Subtract(TSimd.Zero, y)));

    public static Tracked Truth(Tracked a)
    {
        var tail = Reference64.Log1p(Math.Exp(-Math.Abs(a.Value)));
        var value = Math.Max(a.Value, 0) + tail;
        return new(value, a.Error + (2 * Reference64.MathError * tail) + (2 * Reference64.Rounding * value) + Reference64.Underflow);
    }

    public static Tracked Slope(Tracked y) =>
        Tracked.Through(v => -Reference64.Expm1(-v), y, Reference64.MathError * Math.Abs(Reference64.Expm1(-y.Value)));
}
