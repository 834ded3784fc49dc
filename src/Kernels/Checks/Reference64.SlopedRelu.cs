namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>y = x where x is above 0, else s x.</summary>
    public static Bounded SlopedRelu(double[] x, float slope) => Sloped(x, x, slope);

    /// <summary>dx = dy where x is above 0, else s dy.</summary>
    public static Bounded SlopedReluBackward(double[] x, double[] dy, float slope) => Sloped(x, dy, slope);

    private static Bounded Sloped(double[] x, double[] of, float slope)
    {
        var result = Bounded.Zeros(x.Length);
        for (var i = 0; i < x.Length; i++)
        {
            (result.Values[i], result.Allowed[i]) = x[i] > 0 ? (of[i], 0) : (slope * of[i], (Rounding * Math.Abs(slope * of[i])) + Underflow);
        }

        return result;
    }
}
