using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Elementary functions in the kernel subset, so that all devices compute the same formulas. Errors are stated in units in
/// the last place (ulp) of the exact result, for the processor; a device that fuses otherwise, divides less exactly or
/// flushes subnormals adds its own. A NaN argument is returned as it is. The methods are Cody and Waite's range reduction
/// ("Software Manual for the Elementary Functions", 1980) with near-minimax polynomials fitted for these intervals.
/// </summary>
public static partial class KernelMath
{
    /// <summary>1.5 * 2^23: adding it rounds a float below 2^22 to an integer, halves to even; taking it away again gives that.</summary>
    internal const float RoundToInteger = 12582912f;

    /// <summary>exp is infinite above.</summary>
    internal const float ExpHighest = 89f;

    /// <summary>-126 ln 2, rounded up: exp is 0 below, where its results would be subnormal.</summary>
    internal const float ExpLowest = -87.3365402f;

    /// <summary>e^x - 1 rounds to -1 below.</summary>
    internal const float Expm1Lowest = -20f;

    internal const float Log2E = 1.44269502f;

    /// <summary>ln 2 to 16 bits: an integer of 8 bits times this is exact.</summary>
    internal const float Ln2High = 0.693145752f;

    /// <summary>ln 2 - <see cref="Ln2High"/>.</summary>
    internal const float Ln2Low = 1.42860677e-06f;

    // (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2
    internal const float Exp2 = 0.5f;
    internal const float Exp3 = 0.166665763f;
    internal const float Exp4 = 0.0416665524f;
    internal const float Exp5 = 0.00836324692f;
    internal const float Exp6 = 0.00139262679f;

    // (log(1 + f) - f + f^2/2) / f^3 for sqrt(1/2) <= 1 + f <= sqrt(2)
    internal const float Log3 = 0.333333313f;
    internal const float Log4 = -0.24999997f;
    internal const float Log5 = 0.200007156f;
    internal const float Log6 = -0.166678026f;
    internal const float Log7 = 0.142490581f;
    internal const float Log8 = -0.124256872f;
    internal const float Log9 = 0.116854198f;
    internal const float Log10 = -0.114797339f;
    internal const float Log11 = 0.0697161183f;

    internal const float SquareRootOf2 = 1.41421354f;
    internal const float SmallestNormal = 1.17549435e-38f;
    internal const float TwoTo24 = 16777216f;

    /// <summary>The bits of infinity: those of NaN are above, without the sign.</summary>
    internal const int InfinityBits = 0x7F800000;

    /// <summary>Below, tanh is its polynomial; above, it is taken from exp.</summary>
    internal const float TanhPolynomialEnd = 0.6f;

    // (tanh(x) / x - 1) / x^2 in x^2 for |x| <= 0.6
    internal const float Tanh3 = -0.333333313f;
    internal const float Tanh5 = 0.133329153f;
    internal const float Tanh7 = -0.0538739488f;
    internal const float Tanh9 = 0.0211109594f;
    internal const float Tanh11 = -0.00626911968f;

    /// <summary>e^x within 1.5 ulp; 0 below -87.33, where it is no normal number (see <see cref="FlushToZero"/>), infinity above 88.73.</summary>
    public static float Exp(float x)
    {
        var clamped = Max(Min(x, ExpHighest), ExpLowest);
        var n = Fma(clamped, Log2E, RoundToInteger) - RoundToInteger;
        var r = Fma(n, -Ln2Low, Fma(n, -Ln2High, clamped));
        var scaled = ScaleByPowerOfTwo(ExpOfRemainder(r), n);
        var result = x < ExpLowest ? 0f : scaled;
        return IsNaN(x) ? x : result;
    }

    /// <summary>
    /// e^x - 1 within 2 ulp, also where x is near 0 and e^x near 1; -1 from about -17 on, infinity above 88.73. With x = n ln 2 + r it is
    /// 2^n (e^r - 1) + (2^n - 1), of halves so that 2^n does not overflow.
    /// </summary>
    public static float Expm1(float x)
    {
        var clamped = Max(Min(x, ExpHighest), Expm1Lowest);
        var n = Fma(clamped, Log2E, RoundToInteger) - RoundToInteger;
        var r = Fma(n, -Ln2Low, Fma(n, -Ln2High, clamped));
        var half = PowerOfTwo(n - 1f);
        var result = 2f * Fma(half, Expm1OfRemainder(r), half - 0.5f);
        return IsNaN(x) ? x : result;
    }

    /// <summary>ln x within 1 ulp; negative infinity at 0 and -0, NaN below 0, infinity at infinity.</summary>
    public static float Log(float x)
    {
        if (!IsPositive(x))
        {
            return IsNaN(x) ? x : x < 0f ? float.NaN : float.NegativeInfinity;
        }

        if (x == float.PositiveInfinity)
        {
            return x;
        }

        var f = Significand(x) - 1f;
        var e = Exponent(x) + (f > SquareRootOf2 - 1f ? 1f : 0f);
        f = f > SquareRootOf2 - 1f ? (Significand(x) * 0.5f) - 1f : f;

        var z = f * f;
        var p = Fma(Fma(Fma(Fma(Log11, f, Log10), f, Log9), f, Log8), f, Log7);
        p = Fma(Fma(Fma(Fma(p, f, Log6), f, Log5), f, Log4), f, Log3);
        var low = Fma(-0.5f, z, Fma(e, Ln2Low, f * z * p));
        return Fma(e, Ln2High, f + low);
    }

    /// <summary>tanh x within 2 ulp; 1 and -1 from about 9 on, -0 at -0.</summary>
    public static float Tanh(float x)
    {
        var a = Abs(x);
        var result = a > TanhPolynomialEnd ? 1f - (2f / (Exp(2f * a) + 1f)) : TanhPolynomial(a);
        return IsNaN(x) ? x : MathF.CopySign(result, x);
    }

    /// <summary>1 / (1 + e^-x) within 3 ulp; 0 below -87.33, 1 from about 17 on.</summary>
    public static float Sigmoid(float x)
    {
        // e^-|x| never overflows, so that both tails keep their precision.
        var z = Exp(-Abs(x));
        var result = (x < 0f ? z : 1f) / (1f + z);
        return IsNaN(x) ? x : result;
    }

    /// <summary>
    /// Whether x is NaN, told from its bits. ILGPU gives no comparison with NaN the right answer everywhere: its OpenCL C has
    /// a &gt; b for !(a &lt;= b), and where a constant stands on the left its PTX answers NaN with yes. So no kernel may rely on one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNaN(float x) => (BitConverter.SingleToInt32Bits(x) & int.MaxValue) > InfinityBits;

    /// <summary>Whether x is a number and not infinite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFinite(float x) => (BitConverter.SingleToInt32Bits(x) & InfinityBits) != InfinityBits;

    /// <summary>Whether x is above 0; NaN is not. The bits of 0 become the largest number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPositive(float x) => (uint)(BitConverter.SingleToInt32Bits(x) - 1) < InfinityBits;

    /// <summary>Whether x is below 0; NaN and -0 are not. The bits of -0 become the largest number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNegative(float x) => (uint)((BitConverter.SingleToInt32Bits(x) ^ int.MinValue) - 1) < InfinityBits;

    /// <summary>
    /// 0 where x is subnormal, |x| below 2^-126, else x, NaN too. A processor of Intel takes some hundred cycles for each product with such a
    /// number, and saturated activations and sure answers make many of them: what they could still change is far below the last digit of any weight.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FlushToZero(float x) => (BitConverter.SingleToInt32Bits(x) & InfinityBits) == 0 ? 0f : x;

    /// <summary>The square root, correctly rounded on the processor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sqrt(float x) => MathF.Sqrt(x);

    /// <summary>a * b + c with one rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <summary>The smaller of two; any of them where either is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(float a, float b) => a < b ? a : b;

    /// <summary>The smaller of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Min(int a, int b) => a < b ? a : b;

    /// <summary>The larger of two; any of them where either is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(float a, float b) => a > b ? a : b;

    /// <summary>The larger of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Max(int a, int b) => a > b ? a : b;

    /// <summary>|x|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Abs(float x) => MathF.Abs(x);

    /// <summary>tanh a for 0 &lt;= a &lt;= <see cref="TanhPolynomialEnd"/>.</summary>
    private static float TanhPolynomial(float a)
    {
        var z = a * a;
        var p = Fma(Fma(Fma(Fma(Tanh11, z, Tanh9), z, Tanh7), z, Tanh5), z, Tanh3);
        return Fma(a * z, p, a);
    }

    /// <summary>e^r for |r| &lt;= ln(2) / 2.</summary>
    private static float ExpOfRemainder(float r) => 1f + Expm1OfRemainder(r);

    /// <summary>e^r - 1 for |r| &lt;= ln(2) / 2.</summary>
    private static float Expm1OfRemainder(float r)
    {
        var q = Fma(Fma(Fma(Fma(Exp6, r, Exp5), r, Exp4), r, Exp3), r, Exp2);
        return Fma(q, r * r, r);
    }

    /// <summary>value * 2^n for an integral n in -126..128, in two steps so that neither factor leaves the normal range.</summary>
    private static float ScaleByPowerOfTwo(float value, float n)
    {
        var first = Fma(n, 0.5f, RoundToInteger) - RoundToInteger;
        return value * PowerOfTwo(first) * PowerOfTwo(n - first);
    }

    private static float PowerOfTwo(float n) => BitConverter.Int32BitsToSingle(((int)n + 127) << 23);

    /// <summary>The exponent e of x = m 2^e with m in [1, 2), for positive x, subnormal ones too.</summary>
    private static float Exponent(float x) => x < SmallestNormal
        ? (BitConverter.SingleToInt32Bits(x * TwoTo24) >> 23) - (127 + 24)
        : (BitConverter.SingleToInt32Bits(x) >> 23) - 127;

    /// <summary>The significand m of x = m 2^e with m in [1, 2), for positive x, subnormal ones too.</summary>
    private static float Significand(float x)
    {
        var normal = x < SmallestNormal ? x * TwoTo24 : x;
        return BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(normal) & 0x007FFFFF) | 0x3F800000);
    }
}
