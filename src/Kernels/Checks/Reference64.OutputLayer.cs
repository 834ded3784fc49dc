using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>What <see cref="Reference64.OutputLayer"/> yields.</summary>
/// <param name="Losses">(m).</param>
/// <param name="Correct">(m).</param>
/// <param name="Dy">(m, n).</param>
/// <param name="Dx">(m, k).</param>
internal sealed record OutputLayerReference(Bounded Losses, int[] Correct, Bounded Dy, Bounded Dx);

public static partial class Reference64
{
    /// <summary>
    /// Row by row y = f(x w + bias), the loss of y, its derivative by the sums, 0 where the row is right and <paramref name="skips"/>, and
    /// the derivative by the sums of the layer below: x is (m, k), w (k, n), bias (n).
    /// </summary>
    internal static OutputLayerReference OutputLayer(
        OutputLayerSettings settings, double[] x, double[] xKept, double[] w, double[] bias, int[] labels, bool skips)
    {
        var (m, k, n) = (settings.Rows, settings.Inputs, settings.Outputs);
        var result = new OutputLayerReference(Bounded.Zeros(m), new int[m], Bounded.Zeros(m * n), Bounded.Zeros(m * k));
        for (var row = 0; row < m; row++)
        {
            Tracked[] inputs = [.. Row(x, row, k).ToArray().Select(value => (Tracked)value)];
            Tracked[] sums = [.. Enumerable.Range(0, n).Select(j =>
                Tracked.Dot(inputs.Select((value, i) => (value, (Tracked)w[(i * n) + j]))) + bias[j])];
            Tracked[] y = [.. sums.Select(sum => Activated(settings.Activation, sum))];
            var (loss, gradient) = OnlineLossOf(settings.Loss, y, labels[row]);
            result.Correct[row] = FirstMaximumIs([.. y.Select(value => value.Value)], labels[row]);
            Tracked[] dy = [.. gradient.Select((g, j) =>
                skips && result.Correct[row] != 0 ? 0 : g / m * Slope(settings.Activation, sums[j]))];
            Tracked[] dx = [.. Enumerable.Range(0, k).Select(i =>
                Tracked.Dot(dy.Select((g, j) => (g, (Tracked)w[(i * n) + j]))) * SlopeFrom(settings.InputActivation, xKept[(row * k) + i]))];
            (result.Losses.Values[row], result.Losses.Allowed[row]) = (loss.Value, loss.Error);
            Store(dy, result.Dy, row);
            Store(dx, result.Dx, row);
        }

        return result;
    }

    private static void Store(Tracked[] values, Bounded target, int row)
    {
        for (var i = 0; i < values.Length; i++)
        {
            (target.Values[(row * values.Length) + i], target.Allowed[(row * values.Length) + i]) = (values[i].Value, values[i].Error + Underflow);
        }
    }
}
