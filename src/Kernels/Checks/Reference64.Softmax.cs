namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>Row by row p = exp(a) / sum(exp(a)): a and p are (m, n).</summary>
    public static Bounded SoftmaxForward(double[] a, int m, int n)
    {
        var result = Bounded.Zeros(m * n);
        for (var row = 0; row < m; row++)
        {
            SoftmaxRow(Row(a, row, n), result.Values.AsSpan(row * n, n), result.Allowed.AsSpan(row * n, n));
        }

        return result;
    }

    /// <summary>Row by row da_i = p_i (dp_i - sum_j dp_j p_j), the gradient by a from that by p = softmax(a): all are (m, n).</summary>
    public static Bounded SoftmaxBackward(double[] p, double[] dp, int m, int n)
    {
        var (result, exact) = (Bounded.Zeros(m * n), new double[n]);
        for (var row = 0; row < m; row++)
        {
            SoftmaxBackwardRow(Row(p, row, n), exact, Row(dp, row, n), exact,
                result.Values.AsSpan(row * n, n), result.Allowed.AsSpan(row * n, n));
        }

        return result;
    }

    /// <summary>
    /// One row of softmax. exp(a - max) is off by u |a - max| from its argument and by the function's own error; the
    /// sum inherits the mean of that and n roundings; the quotient may be a product with a reciprocal.
    /// </summary>
    /// <returns>The relative error of the sum, for the losses.</returns>
    private static (double Max, double Sum, double SumError) SoftmaxRow(ReadOnlySpan<double> a, Span<double> p, Span<double> allowed)
    {
        var max = double.NegativeInfinity;
        foreach (var value in a)
        {
            max = Math.Max(max, value);
        }

        var (sum, sumError) = (0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            p[i] = Math.Exp(a[i] - max);
            sum += p[i];
            sumError += p[i] * ((Rounding * Math.Abs(a[i] - max)) + MathError + (a.Length * Rounding));
        }

        sumError /= sum;
        for (var i = 0; i < a.Length; i++)
        {
            p[i] /= sum;
            allowed[i] = (p[i] * ((Rounding * Math.Abs(a[i] - max)) + MathError + sumError + (3 * Rounding))) + Underflow;
        }

        return (max, sum, sumError);
    }

    /// <summary>da_i = p_i (dp_i - sum_j dp_j p_j), the product of one row with the Jacobian of softmax.</summary>
    private static void SoftmaxBackwardRow(ReadOnlySpan<double> p, ReadOnlySpan<double> pError, ReadOnlySpan<double> dp,
        ReadOnlySpan<double> dpError, Span<double> da, Span<double> allowed)
    {
        var (dot, dotError) = (0.0, 0.0);
        for (var j = 0; j < p.Length; j++)
        {
            dot += dp[j] * p[j];
            dotError += (Math.Abs(dp[j]) * (pError[j] + (p.Length * Rounding * p[j]))) + (p[j] * dpError[j]);
        }

        for (var i = 0; i < p.Length; i++)
        {
            var difference = dp[i] - dot;
            da[i] = p[i] * difference;
            allowed[i] = (pError[i] * Math.Abs(difference)) + (p[i] * (dpError[i] + dotError)) + (2 * Rounding * Math.Abs(da[i])) + Underflow;
        }
    }
}
