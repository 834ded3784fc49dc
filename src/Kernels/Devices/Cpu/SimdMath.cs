using System.Runtime.CompilerServices;
using static Gpu.Kernels.Ops.KernelMath;

namespace Gpu.Kernels.Devices.Cpu;

/// <summary>
/// The functions of <see cref="Ops.KernelMath"/> on vectors of any width: the same formulas in the same order, so the same
/// bits for every argument. Branches became selections of what both sides compute.
/// </summary>
public static class SimdMath
{
    /// <summary>e^x, see <see cref="Ops.KernelMath.Exp"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp<TSimd, TVector>(TVector x) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var clamped = TSimd.MaxOrSecond(
            TSimd.MinOrSecond(x, TSimd.Broadcast(ExpHighest)), TSimd.Broadcast(ExpLowest));
        var toInteger = TSimd.Broadcast(RoundToInteger);
        var n = TSimd.Subtract(TSimd.Fma(clamped, TSimd.Broadcast(Log2E), toInteger), toInteger);
        var r = TSimd.Fma(n, TSimd.Broadcast(-Ln2High), clamped);
        r = TSimd.Fma(n, TSimd.Broadcast(-Ln2Low), r);

        var e = TSimd.Add(TSimd.Broadcast(1f), Expm1OfRemainder<TSimd, TVector>(r));

        var half = TSimd.Subtract(TSimd.Fma(n, TSimd.Broadcast(0.5f), toInteger), toInteger);
        var scaled = TSimd.ScaleByPowerOfTwo(TSimd.ScaleByPowerOfTwo(e, half), TSimd.Subtract(n, half));
        return TSimd.SelectGreater(TSimd.Broadcast(ExpLowest), x, TSimd.Zero, TSimd.SelectNumber(x, scaled, x));
    }

    /// <summary>e^x - 1, see <see cref="Ops.KernelMath.Expm1"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Expm1<TSimd, TVector>(TVector x) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var clamped = TSimd.MaxOrSecond(TSimd.MinOrSecond(x, TSimd.Broadcast(ExpHighest)), TSimd.Broadcast(Expm1Lowest));
        var toInteger = TSimd.Broadcast(RoundToInteger);
        var n = TSimd.Subtract(TSimd.Fma(clamped, TSimd.Broadcast(Log2E), toInteger), toInteger);
        var r = TSimd.Fma(n, TSimd.Broadcast(-Ln2Low), TSimd.Fma(n, TSimd.Broadcast(-Ln2High), clamped));
        var half = TSimd.ScaleByPowerOfTwo(TSimd.Broadcast(1f), TSimd.Subtract(n, TSimd.Broadcast(1f)));
        var sum = TSimd.Fma(half, Expm1OfRemainder<TSimd, TVector>(r), TSimd.Subtract(half, TSimd.Broadcast(0.5f)));
        return TSimd.SelectNumber(x, TSimd.Multiply(TSimd.Broadcast(2f), sum), x);
    }

    /// <summary>ln x, see <see cref="Ops.KernelMath.Log"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log<TSimd, TVector>(TVector x) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var smallest = TSimd.Broadcast(SmallestNormal);
        var normal = TSimd.SelectGreater(smallest, x, TSimd.Multiply(x, TSimd.Broadcast(TwoTo24)), x);
        var e = TSimd.Subtract(TSimd.Exponent(normal), TSimd.SelectGreater(smallest, x, TSimd.Broadcast(24f), TSimd.Zero));
        var one = TSimd.Broadcast(1f);
        var m = TSimd.Significand(normal);
        var f = TSimd.Subtract(m, one);
        var threshold = TSimd.Broadcast(SquareRootOf2 - 1f);
        e = TSimd.SelectGreater(f, threshold, TSimd.Add(e, one), e);
        f = TSimd.SelectGreater(f, threshold, TSimd.Subtract(TSimd.Multiply(m, TSimd.Broadcast(0.5f)), one), f);

        var z = TSimd.Multiply(f, f);
        var low = TSimd.Multiply(TSimd.Multiply(f, z), LogPolynomial<TSimd, TVector>(f));
        low = TSimd.Fma(e, TSimd.Broadcast(Ln2Low), low);
        low = TSimd.Fma(TSimd.Broadcast(-0.5f), z, low);
        var result = TSimd.Fma(e, TSimd.Broadcast(Ln2High), TSimd.Add(f, low));

        result = TSimd.SelectGreater(x, TSimd.Broadcast(float.MaxValue), x, result);
        var outside = TSimd.SelectGreater(TSimd.Zero, x, TSimd.Broadcast(float.NaN), TSimd.Broadcast(float.NegativeInfinity));
        return TSimd.SelectNumber(x, TSimd.SelectGreater(x, TSimd.Zero, result, outside), x);
    }

    /// <summary>tanh x, see <see cref="Ops.KernelMath.Tanh"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh<TSimd, TVector>(TVector x) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var a = TSimd.Abs(x);
        var one = TSimd.Broadcast(1f);
        var two = TSimd.Broadcast(2f);
        var large = TSimd.Subtract(one, TSimd.Divide(two, TSimd.Add(Exp<TSimd, TVector>(TSimd.Multiply(two, a)), one)));

        var z = TSimd.Multiply(a, a);
        var p = TSimd.Fma(TSimd.Broadcast(Tanh11), z, TSimd.Broadcast(Tanh9));
        p = TSimd.Fma(p, z, TSimd.Broadcast(Tanh7));
        p = TSimd.Fma(p, z, TSimd.Broadcast(Tanh5));
        p = TSimd.Fma(p, z, TSimd.Broadcast(Tanh3));
        var small = TSimd.Fma(TSimd.Multiply(a, z), p, a);

        var result = TSimd.SelectGreater(a, TSimd.Broadcast(TanhPolynomialEnd), large, small);
        return TSimd.SelectNumber(x, TSimd.CopySign(result, x), x);
    }

    /// <summary>1 / (1 + e^-x), see <see cref="Ops.KernelMath.Sigmoid"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid<TSimd, TVector>(TVector x) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var one = TSimd.Broadcast(1f);
        var z = Exp<TSimd, TVector>(TSimd.Subtract(TSimd.Zero, TSimd.Abs(x)));
        var numerator = TSimd.SelectGreater(TSimd.Zero, x, z, one);
        return TSimd.SelectNumber(x, TSimd.Divide(numerator, TSimd.Add(one, z)), x);
    }

    /// <summary>e^r - 1 for |r| &lt;= ln(2) / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Expm1OfRemainder<TSimd, TVector>(TVector r) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var q = TSimd.Fma(TSimd.Broadcast(Exp6), r, TSimd.Broadcast(Exp5));
        q = TSimd.Fma(q, r, TSimd.Broadcast(Exp4));
        q = TSimd.Fma(q, r, TSimd.Broadcast(Exp3));
        q = TSimd.Fma(q, r, TSimd.Broadcast(Exp2));
        return TSimd.Fma(q, TSimd.Multiply(r, r), r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector LogPolynomial<TSimd, TVector>(TVector f) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var p = TSimd.Fma(TSimd.Broadcast(Log11), f, TSimd.Broadcast(Log10));
        p = TSimd.Fma(p, f, TSimd.Broadcast(Log9));
        p = TSimd.Fma(p, f, TSimd.Broadcast(Log8));
        p = TSimd.Fma(p, f, TSimd.Broadcast(Log7));
        p = TSimd.Fma(p, f, TSimd.Broadcast(Log6));
        p = TSimd.Fma(p, f, TSimd.Broadcast(Log5));
        p = TSimd.Fma(p, f, TSimd.Broadcast(Log4));
        return TSimd.Fma(p, f, TSimd.Broadcast(Log3));
    }
}
