using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>
    /// Row by row the mean cost of d = y - t: d^2, |d|, or d^2 / 2 up to 1 and |d| - 1/2 beyond; its gradient by y is the cost's derivative over (n m).
    /// </summary>
    public static (Bounded Losses, Bounded Gradient) Regression(RegressionKind kind, double[] outputs, double[] targets, int m, int n)
    {
        var (losses, gradient) = (Bounded.Zeros(m), Bounded.Zeros(m * n));
        for (var row = 0; row < m; row++)
        {
            var costs = new Tracked[n];
            for (var j = 0; j < n; j++)
            {
                var at = (row * n) + j;
                var d = (Tracked)outputs[at] - targets[at];
                (costs[j], var slope) = Cost(kind, d);
                var share = slope / ((double)n * m);
                (gradient.Values[at], gradient.Allowed[at]) = (share.Value, share.Error + Underflow);
            }

            var loss = Tracked.Sum(costs) / n;
            (losses.Values[row], losses.Allowed[row]) = (loss.Value, loss.Error + Underflow);
        }

        return (losses, gradient);
    }

    /// <summary>A cost and its derivative. Where the sign of d, or the side of 1 that |d| is on, is in doubt, both derivatives are near enough.</summary>
    private static (Tracked Cost, Tracked Slope) Cost(RegressionKind kind, Tracked d) => kind switch
    {
        RegressionKind.Squared => (d * d, 2 * d),
        RegressionKind.Absolute => (d with { Value = Math.Abs(d.Value) }, double.IsNaN(d.Value) ? d : Math.Sign(d.Value)),
        _ when Math.Abs(d.Value) > 1 => (d with { Value = Math.Abs(d.Value) } - 0.5, new Tracked(Math.Sign(d.Value), d.Error)),
        _ => (0.5 * d * d, d),
    };
}
