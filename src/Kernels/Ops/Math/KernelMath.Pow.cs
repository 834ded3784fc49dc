namespace Gpu.Kernels.Ops;

/// <content>Powers: the logarithm is carried in two floats, since its error is multiplied by the exponent.</content>
public static partial class KernelMath
{
    // (2 artanh(s) - 2 s) / s^3 in s^2 for |s| <= (sqrt(2) - 1) / (sqrt(2) + 1)
    private const float Artanh3 = 0.666666687f;
    private const float Artanh5 = 0.400001228f;
    private const float Artanh7 = 0.285505861f;
    private const float Artanh9 = 0.233368114f;

    /// <summary>x^y within 4 ulp, with the special cases of C99 (annex F.9.4.4); NaN where x &lt; 0 and y is no integer.</summary>
    public static float Pow(float x, float y)
    {
        if (x == 1f || y == 0f)
        {
            return 1f;
        }

        if (IsNaN(x) || IsNaN(y))
        {
            return float.NaN;
        }

        var magnitude = PowOfPositive(Abs(x), y);
        if (!(MathF.CopySign(1f, x) < 0f))
        {
            return magnitude;
        }

        // From 2^24 on, every float is an even integer.
        var isSmall = Abs(y) < TwoTo24;
        var whole = isSmall ? (int)y : 0;
        if (isSmall && whole != y)
        {
            return x < 0f && x >= -float.MaxValue ? float.NaN : magnitude;
        }

        return (whole & 1) != 0 ? -magnitude : magnitude;
    }

    /// <summary>x^y for x &gt;= 0, infinities included; y is not 0.</summary>
    private static float PowOfPositive(float x, float y)
    {
        if (x == 1f)
        {
            return 1f;
        }

        if (x == 0f || x > float.MaxValue || Abs(y) > float.MaxValue)
        {
            return (x > 1f) == (y > 0f) ? float.PositiveInfinity : 0f;
        }

        var e = Exponent(x);
        var m = Significand(x);
        if (m > SquareRootOf2)
        {
            e += 1f;
            m *= 0.5f;
        }

        // ln m = 2 artanh(s) with s = (m - 1) / (m + 1) in two floats; m + 1 = high + low exactly.
        var f = m - 1f;
        var high = m + 1f;
        var low = m - (high - 1f);
        var s = f / high;
        var sLow = Fma(-s, low, Fma(-s, high, f)) / high;
        var z = s * s;
        var tail = s * z * Fma(Fma(Fma(Artanh9, z, Artanh7), z, Artanh5), z, Artanh3);

        // ln x = e ln 2 + ln m; the larger part first, its rounding error recovered.
        var exponentPart = e * Ln2High;
        var sum = exponentPart + (2f * s);
        var error = (2f * s) - (sum - exponentPart);
        error += Fma(e, Ln2Low, Fma(2f, sLow, tail));
        var log = sum + error;
        return ExpOfProduct(y, log, error - (log - sum));
    }

    /// <summary>exp(y (log + logLow)), the product in two floats.</summary>
    private static float ExpOfProduct(float y, float log, float logLow)
    {
        var product = y * log;
        if (Abs(product) > -ExpLowest)
        {
            return product > 0f ? float.PositiveInfinity : 0f;
        }

        var productLow = Fma(y, logLow, Fma(y, log, -product));
        var n = Fma(product, Log2E, RoundToInteger) - RoundToInteger;
        var r = Fma(n, -Ln2Low, Fma(n, -Ln2High, product)) + productLow;
        return ScaleByPowerOfTwo(ExpOfRemainder(r), n);
    }
}
