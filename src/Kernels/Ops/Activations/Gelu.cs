using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// y = a P(a), with P the distribution function of N(0, 1) (Hendrycks and Gimpel, "Gaussian error linear units (GELUs)", 2016, the exact form);
/// y' = P(a) + a p(a), with p the density.
/// </summary>
internal readonly struct Gelu : IActivationFunction
{
    /// <summary>1 / sqrt(2 pi).</summary>
    private const double DensityAtZero = 0.39894228040143267794;

    /// <summary>From here on the other tail of the distribution is 0.</summary>
    private const float Far = 20f;

    // The tail of the distribution over e^(-x^2/2), for x >= 0, as a polynomial in (x - 3) / (x + 3).
    private const float Middle = 3f;
    private const float Tail0 = 0.12151394784450531f;
    private const float Tail1 = -0.20640261471271515f;
    private const float Tail2 = 0.12322505563497543f;
    private const float Tail3 = -0.04621323570609093f;
    private const float Tail4 = 0.0061318110674619675f;
    private const float Tail5 = 0.00290421349927783f;
    private const float Tail6 = -0.0009828218026086688f;
    private const float Tail7 = -0.0003385453892406076f;
    private const float Tail8 = 0.0001145039132097736f;
    private const float Tail9 = 5.2675855840789154e-05f;

    public static string Name => "gelu";

    public static SlopeSource From => SlopeSource.Sum;

    public static double Step => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var gauss = Gauss<TSimd, TVector>(a);
        return TSimd.Multiply(a, Distribution<TSimd, TVector>(a, gauss));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var gauss = Gauss<TSimd, TVector>(a);
        return TSimd.Fma(TSimd.Multiply(a, TSimd.Broadcast((float)DensityAtZero)), gauss, Distribution<TSimd, TVector>(a, gauss));
    }

    public static Tracked Truth(Tracked a) => a * DistributionTruth(a);

    public static Tracked Slope(Tracked a)
    {
        var density = DensityAtZero * Math.Exp(-a.Value * a.Value / 2);
        var p = new Tracked(density, (0.25 * a.Error) + (Reference64.MathError * density) + Reference64.Underflow);
        return DistributionTruth(a) + (a * p);
    }

    /// <summary>e^(-a^2/2) within 3 ulp: what the square loses by rounding is given back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Gauss<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var x = TSimd.MinOrSecond(TSimd.Abs(a), TSimd.Broadcast(Far));
        var half = TSimd.Broadcast(-0.5f);
        var square = TSimd.Multiply(x, x);
        var lost = TSimd.Fma(x, x, TSimd.Subtract(TSimd.Zero, square));
        var e = TSimd.Exp(TSimd.Multiply(half, square));
        return TSimd.Fma(e, TSimd.Multiply(half, lost), e);
    }

    /// <summary>P(a), its left tail within 8 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Distribution<TSimd, TVector>(TVector a, TVector gauss) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var x = TSimd.MinOrSecond(TSimd.Abs(a), TSimd.Broadcast(Far));
        var q = TSimd.Divide(TSimd.Subtract(x, TSimd.Broadcast(Middle)), TSimd.Add(x, TSimd.Broadcast(Middle)));
        var p = TSimd.Fma(TSimd.Broadcast(Tail9), q, TSimd.Broadcast(Tail8));
        p = TSimd.Fma(p, q, TSimd.Broadcast(Tail7));
        p = TSimd.Fma(p, q, TSimd.Broadcast(Tail6));
        p = TSimd.Fma(p, q, TSimd.Broadcast(Tail5));
        p = TSimd.Fma(p, q, TSimd.Broadcast(Tail4));
        p = TSimd.Fma(p, q, TSimd.Broadcast(Tail3));
        p = TSimd.Fma(p, q, TSimd.Broadcast(Tail2));
        p = TSimd.Fma(p, q, TSimd.Broadcast(Tail1));
        p = TSimd.Fma(p, q, TSimd.Broadcast(Tail0));
        var tail = TSimd.Multiply(gauss, p);
        return TSimd.SelectPositive(a, TSimd.Subtract(TSimd.Broadcast(1f), tail), tail);
    }

    private static Tracked DistributionTruth(Tracked a)
    {
        var tail = Reference64.NormalTail(Math.Abs(a.Value));
        var value = a.Value > 0 ? 1 - tail : tail;
        return new(value, (DensityAtZero * a.Error) + (2 * Reference64.MathError * tail) + (Reference64.Rounding * value) + Reference64.Underflow);
    }
}
