using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>y = f(x w + bias): x is (m, k), w (k, n), bias (n) or null, y (m, n).</summary>
    public static Bounded MatMulForward(double[] x, double[] w, double[]? bias, Activation activation, int m, int k, int n)
    {
        var result = Bounded.Zeros(m * n);
        for (var row = 0; row < m; row++)
        {
            for (var column = 0; column < n; column++)
            {
                var (sum, magnitude) = bias is null ? (0, 0) : (bias[column], Math.Abs(bias[column]));
                for (var i = 0; i < k; i++)
                {
                    var product = x[(row * k) + i] * w[(i * n) + column];
                    sum += product;
                    magnitude += Math.Abs(product);
                }

                var at = (row * n) + column;
                (result.Values[at], result.Allowed[at]) = Activated(activation, new(sum, (k + (bias is null ? 0 : 1)) * Rounding * magnitude));
            }
        }

        return result;
    }

    /// <summary>y = a + bias, the same in each row: a and y are (m, n), bias (n).</summary>
    public static Bounded BiasAdd(double[] a, double[] bias, int m, int n)
    {
        var result = Bounded.Zeros(m * n);
        for (var i = 0; i < m * n; i++)
        {
            result.Values[i] = a[i] + bias[i % n];
            result.Allowed[i] = Rounding * Math.Abs(result.Values[i]);
        }

        return result;
    }

    /// <summary>dx = (dy w^T) f'(a), with f' from what the layer below kept of a where it is given: dx and xKept are (m, k).</summary>
    public static Bounded MatMulInputGradient(double[] dy, double[] w, double[]? xKept, Activation activation, int m, int k, int n)
    {
        var result = Bounded.Zeros(m * k);
        for (var row = 0; row < m; row++)
        {
            for (var column = 0; column < k; column++)
            {
                var (sum, magnitude) = (0.0, 0.0);
                for (var i = 0; i < n; i++)
                {
                    var product = dy[(row * n) + i] * w[(column * n) + i];
                    sum += product;
                    magnitude += Math.Abs(product);
                }

                var at = (row * k) + column;
                (result.Values[at], result.Allowed[at]) = xKept is null
                    ? (sum, n * Rounding * magnitude)
                    : Sloped(sum, n * Rounding * magnitude, activation, xKept[at]);
            }
        }

        return result;
    }

    /// <summary>dw = x^T dy: x is (m, k), dy (m, n), dw (k, n).</summary>
    public static Bounded MatMulWeightGradient(double[] x, double[] dy, int m, int k, int n)
    {
        var result = Bounded.Zeros(k * n);
        for (var row = 0; row < m; row++)
        {
            for (var i = 0; i < k; i++)
            {
                for (var column = 0; column < n; column++)
                {
                    var product = x[(row * k) + i] * dy[(row * n) + column];
                    result.Values[(i * n) + column] += product;
                    result.Allowed[(i * n) + column] += m * Rounding * Math.Abs(product);
                }
            }
        }

        return result;
    }

    /// <summary>w - rate x^T dy: x is (m, k), dy (m, n), w (k, n).</summary>
    public static Bounded MatMulWeightUpdate(double[] x, double[] dy, double rate, double[] w, int m, int k, int n)
    {
        var gradient = MatMulWeightGradient(x, dy, m, k, n);
        for (var i = 0; i < w.Length; i++)
        {
            (gradient.Values[i], gradient.Allowed[i]) = Step(w[i], rate, gradient.Values[i], gradient.Allowed[i]);
        }

        return gradient;
    }

    /// <summary>sums[j] = the sum of column j of dy, which is (m, n).</summary>
    public static Bounded ColumnSum(double[] dy, int m, int n)
    {
        var result = Bounded.Zeros(n);
        for (var row = 0; row < m; row++)
        {
            for (var column = 0; column < n; column++)
            {
                result.Values[column] += dy[(row * n) + column];
                result.Allowed[column] += m * Rounding * Math.Abs(dy[(row * n) + column]);
            }
        }

        return result;
    }

    /// <summary>bias - rate times the column sums of dy, which is (m, n).</summary>
    public static Bounded ColumnSumUpdate(double[] dy, double rate, double[] bias, int m, int n)
    {
        var gradient = ColumnSum(dy, m, n);
        for (var i = 0; i < n; i++)
        {
            (gradient.Values[i], gradient.Allowed[i]) = Step(bias[i], rate, gradient.Values[i], gradient.Allowed[i]);
        }

        return gradient;
    }

    /// <summary>gradient * f'(a), where the gradient may be off by <paramref name="error"/>, with f' from what was kept of a.</summary>
    private static (double Value, double Allowed) Sloped(double gradient, double error, Activation activation, double kept)
    {
        var (slope, own) = SlopeFrom(activation, kept);
        return (gradient * slope, (error * Math.Abs(slope)) + (Math.Abs(gradient) * (own + (Rounding * Math.Abs(slope)))));
    }

    /// <summary>parameter - rate * gradient, where the gradient may be off by <paramref name="error"/>.</summary>
    private static (double Value, double Allowed) Step(double parameter, double rate, double gradient, double error)
    {
        var value = parameter - (rate * gradient);
        return (value, (Math.Abs(rate) * error) + (Rounding * (Math.Abs(rate * gradient) + Math.Abs(value))));
    }
}
