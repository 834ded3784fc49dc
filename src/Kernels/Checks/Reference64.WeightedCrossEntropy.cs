namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>
    /// Row by row ((1 - s) w_label l_label + s / n sum_c w_c l_c) m / W with l = -log softmax(a) and W = sum of w_label over the batch; its gradient is
    /// ((1 - s) w_label (p_j - [j = label]) + s / n (p_j sum_c w_c - w_j)) / W.
    /// </summary>
    public static LossReference WeightedCrossEntropy(double[] logits, int[] labels, int m, int n, double[] weights, double smoothing)
    {
        var result = LossReference.Zeros(m, n);
        var (p, pError) = (new double[n], new double[n]);
        var total = Tracked.Sum(labels.Select(label => (Tracked)weights[label]));
        var spread = (Tracked)smoothing / n;
        for (var row = 0; row < m; row++)
        {
            var a = Row(logits, row, n).ToArray();
            var label = labels[row];
            var (max, sum, sumError) = SoftmaxRow(a, p, pError);
            var logSum = max + new Tracked(Math.Log(sum), sumError + (MathError * Math.Abs(Math.Log(sum))));
            var own = (1 - (Tracked)smoothing) * weights[label];
            var smooth = spread * Tracked.Dot(a.Select((value, j) => ((Tracked)weights[j], logSum - value)));
            var loss = ((own * (logSum - a[label])) + smooth) * ((double)m / total);
            (result.Losses.Values[row], result.Losses.Allowed[row]) = (loss.Value, loss.Error + Underflow);
            result.Correct[row] = FirstMaximumIs(a, label);
            var all = own + (spread * Tracked.Sum(weights.Select(weight => (Tracked)weight)));
            for (var j = 0; j < n; j++)
            {
                var target = (spread * weights[j]) + (j == label ? own : 0);
                var gradient = (all * new Tracked(p[j], pError[j]) * (1 / total)) - (target * (1 / total));
                (result.Gradient.Values[(row * n) + j], result.Gradient.Allowed[(row * n) + j]) = (gradient.Value, gradient.Error + Underflow);
            }
        }

        return result;
    }
}
