using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>What a loss yields.</summary>
/// <param name="Losses">The loss of each row.</param>
/// <param name="Correct">1 where the row's first maximum is its label.</param>
/// <param name="Gradient">The derivative of the mean of the rows' losses by the outputs, (m, n).</param>
public sealed record LossReference(Bounded Losses, int[] Correct, Bounded Gradient)
{
    internal static LossReference Zeros(int m, int n) => new(Bounded.Zeros(m), new int[m], Bounded.Zeros(m * n));
}

public static partial class Reference64
{
    /// <summary>Row by row -log softmax(a)[label]; its gradient is (softmax(a) - onehot(label)) / m.</summary>
    public static LossReference SoftmaxCrossEntropy(double[] logits, int[] labels, int m, int n)
    {
        var result = LossReference.Zeros(m, n);
        var (p, pError) = (new double[n], new double[n]);
        for (var row = 0; row < m; row++)
        {
            var a = Row(logits, row, n);
            var label = labels[row];
            var (max, sum, sumError) = SoftmaxRow(a, p, pError);
            var loss = Math.Log(sum) - (a[label] - max);
            result.Losses.Values[row] = loss;
            result.Losses.Allowed[row] = sumError + (MathError * Math.Abs(Math.Log(sum)))
                + (Rounding * (Math.Abs(a[label] - max) + Math.Abs(loss)));
            result.Correct[row] = FirstMaximumIs(a, label);
            for (var i = 0; i < n; i++)
            {
                var difference = p[i] - (i == label ? 1 : 0);
                result.Gradient.Values[(row * n) + i] = difference / m;
                result.Gradient.Allowed[(row * n) + i] = ((pError[i] + (3 * Rounding * Math.Abs(difference))) / m) + Underflow;
            }
        }

        return result;
    }

    /// <summary>
    /// Row by row -log p[label], a probability below the smallest normal float counting as that; its gradient by p is -1 / (p[label] m) at
    /// the label. Each quotient is within 2.5 units in the last place (OpenCL C 3.0, 7.4).
    /// </summary>
    public static LossReference CrossEntropy(double[] p, int[] labels, int m, int n)
    {
        var result = LossReference.Zeros(m, n);
        for (var row = 0; row < m; row++)
        {
            var at = (row * n) + labels[row];
            var probability = Math.Max(p[at], Ops.KernelMath.SmallestNormal);
            result.Losses.Values[row] = -Math.Log(probability);
            result.Losses.Allowed[row] = MathError * Math.Abs(Math.Log(probability));
            result.Correct[row] = FirstMaximumIs(Row(p, row, n), labels[row]);
            result.Gradient.Values[at] = -1 / probability / m;
            result.Gradient.Allowed[at] = 10 * Rounding / probability / m;
        }

        return result;
    }

    /// <summary>Row by row the mean of (p - t)^2, t = onehot(label); its gradient by p is 2 (p - t) / (n m).</summary>
    public static LossReference SquaredError(double[] p, int[] labels, int m, int n)
    {
        var (result, exact) = (LossReference.Zeros(m, n), new double[n]);
        for (var row = 0; row < m; row++)
        {
            SquaredErrorRow(Row(p, row, n), exact, labels[row], m, result, row,
                result.Gradient.Values.AsSpan(row * n, n), result.Gradient.Allowed.AsSpan(row * n, n));
            result.Correct[row] = FirstMaximumIs(Row(p, row, n), labels[row]);
            result.Losses.Allowed[row] += Underflow;
            for (var i = row * n; i < (row + 1) * n; i++)
            {
                result.Gradient.Allowed[i] += Underflow;
            }
        }

        return result;
    }

    /// <summary>The mean squared error of softmax(a), with the gradient by a through the full Jacobian of softmax.</summary>
    public static LossReference SoftmaxSquaredError(double[] logits, int[] labels, int m, int n)
    {
        var result = LossReference.Zeros(m, n);
        var (p, pError, dp, dpError) = (new double[n], new double[n], new double[n], new double[n]);
        for (var row = 0; row < m; row++)
        {
            var a = Row(logits, row, n);
            SoftmaxRow(a, p, pError);
            SquaredErrorRow(p, pError, labels[row], m, result, row, dp, dpError);
            SoftmaxBackwardRow(p, pError, dp, dpError,
                result.Gradient.Values.AsSpan(row * n, n), result.Gradient.Allowed.AsSpan(row * n, n));
            result.Correct[row] = FirstMaximumIs(a, labels[row]);
        }

        return result;
    }

    /// <summary>
    /// Row by row the mean over the n outputs of -t log s - (1 - t) log(1 - s), s = sigmoid(a), t = onehot(label), which is
    /// max(a, 0) - a t + log(1 + exp(-|a|)); its gradient is (s - t) / (n m).
    /// </summary>
    public static LossReference BinaryCrossEntropy(double[] logits, int[] labels, int m, int n)
    {
        var result = LossReference.Zeros(m, n);
        for (var row = 0; row < m; row++)
        {
            var a = Row(logits, row, n);
            var (sum, error) = (0.0, 0.0);
            for (var i = 0; i < n; i++)
            {
                var target = i == labels[row] ? 1 : 0;
                var linear = Math.Max(a[i], 0) - (a[i] * target);
                var tail = Math.Log(1 + Math.Exp(-Math.Abs(a[i])));
                sum += linear + tail;

                // 1 + exp(-|a|) is rounded before its logarithm is taken: off by u, however small the logarithm.
                error += (Rounding * ((2 * Math.Abs(a[i])) + 1)) + (2 * MathError * tail) + ((n + 2) * Rounding * (linear + tail));
                var (sigmoid, sigmoidError) = Activated(Activation.Sigmoid, a[i]);
                result.Gradient.Values[(row * n) + i] = (sigmoid - target) / n / m;
                var off = (sigmoidError + ((MathError + (3 * Rounding)) * Math.Abs(sigmoid - target))) / n / m;
                result.Gradient.Allowed[(row * n) + i] = off + Underflow;
            }

            result.Losses.Values[row] = sum / n;
            result.Losses.Allowed[row] = error / n;
            result.Correct[row] = FirstMaximumIs(a, labels[row]);
        }

        return result;
    }

    /// <summary>The squared error of one row of outputs that may themselves be off, with its gradient by the outputs.</summary>
    private static void SquaredErrorRow(ReadOnlySpan<double> o, ReadOnlySpan<double> oError, int label, int m, LossReference result,
        int row, Span<double> gradient, Span<double> gradientError)
    {
        var n = o.Length;
        var (sum, error) = (0.0, 0.0);
        for (var i = 0; i < n; i++)
        {
            var difference = o[i] - (i == label ? 1 : 0);
            sum += difference * difference;
            error += (2 * Math.Abs(difference) * oError[i]) + (oError[i] * oError[i]) + ((n + 5) * Rounding * difference * difference);
            gradient[i] = 2 * difference / n / m;
            gradientError[i] = (2 * oError[i] / n / m) + (4 * Rounding * Math.Abs(gradient[i]));
        }

        result.Losses.Values[row] = sum / n;
        result.Losses.Allowed[row] = error / n;
    }

    /// <summary>1 where the first maximum of a row is <paramref name="label"/>; 0 in a row that holds NaN.</summary>
    private static int FirstMaximumIs(ReadOnlySpan<double> row, int label)
    {
        var best = 0;
        for (var i = 0; i < row.Length; i++)
        {
            if (double.IsNaN(row[i]))
            {
                return 0;
            }

            best = row[i] > row[best] ? i : best;
        }

        return best == label ? 1 : 0;
    }
}
