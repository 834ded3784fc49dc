namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>Below, the series of two or three terms has all digits of a double that bounds of float32 can ask for.</summary>
    private const double Small = 1e-5;

    /// <summary>e^x - 1, also where x is near 0.</summary>
    internal static double Expm1(double x) => Math.Abs(x) < Small ? x + (x * x / 2) + (x * x * x / 6) : Math.Exp(x) - 1;

    /// <summary>ln(1 + x), also where x is near 0.</summary>
    internal static double Log1p(double x) => Math.Abs(x) < Small ? x - (x * x / 2) + (x * x * x / 3) : Math.Log(1 + x);

    /// <summary>
    /// The chance that a number drawn from N(0, 1) is above x &gt;= 0: near 0 by the series of Abramowitz and Stegun, "Handbook of mathematical
    /// functions" (1964), 26.2.11, whose terms are all positive; further out by the continued fraction 26.2.14.
    /// </summary>
    internal static double NormalTail(double x)
    {
        const double border = 2.5;
        const int terms = 200;
        var density = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
        if (x < border)
        {
            var (sum, term) = (0.0, x);
            for (var n = 1; n < terms; n++)
            {
                sum += term;
                term *= x * x / ((2 * n) + 1);
            }

            return 0.5 - (density * sum);
        }

        var fraction = x;
        for (var n = terms; n > 0; n--)
        {
            fraction = x + (n / fraction);
        }

        return density / fraction;
    }
}
