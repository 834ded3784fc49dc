using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>x = value * scale + offset for the rows of a batch: values are (samples, features), x is (rows, features).</summary>
    public static Bounded GatherBatch(byte[] values, int[] order, int first, double scale, double offset, int rows, int features)
    {
        var result = Bounded.Zeros(rows * features);
        for (var row = 0; row < rows; row++)
        {
            for (var feature = 0; feature < features; feature++)
            {
                var product = values[(order[first + row] * features) + feature] * scale;
                result.Values[(row * features) + feature] = product + offset;
                result.Allowed[(row * features) + feature] = Rounding * (Math.Abs(product) + Math.Abs(product + offset));
            }
        }

        return result;
    }

    /// <summary>
    /// One update of all parameters: g = clip(scale gradient) + l2 w and w = w - rate decay w for the first <paramref name="decayed"/> of them,
    /// then w = w - rate d, with d and the new state from the optimizer's own formula.
    /// </summary>
    /// <param name="settings">The optimizer, and what it is told.</param>
    /// <param name="parameters">w before.</param>
    /// <param name="gradients">The gradient by each.</param>
    /// <param name="state">A slab for each slot.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="decayed">How many parameters, from the first, L2 and decay work on.</param>
    /// <param name="update">Which update it is, from 1.</param>
    /// <param name="scale">What the gradient is multiplied by.</param>
    public static (Bounded Parameters, Bounded[] State) Update(UpdateSettings settings, double[] parameters, double[] gradients,
        double[][] state, double rate, int decayed, int update, double scale = 1)
    {
        var updated = Bounded.Zeros(parameters.Length);
        var after = state.Select(slab => Bounded.Zeros(slab.Length)).ToArray();
        for (var i = 0; i < parameters.Length; i++)
        {
            Tracked w = parameters[i];
            var g = scale == 1 ? gradients[i] : (Tracked)scale * gradients[i];
            g = g with { Value = Math.Clamp(g.Value, -(double)settings.ClipValue, settings.ClipValue) };
            g = i < decayed && settings.L2 != 0 ? g + (settings.L2 * w) : g;
            w = i < decayed && settings.WeightDecay != 0 ? w - ((Tracked)rate * settings.WeightDecay * w) : w;
            var step = settings.Optimizer.Optimizer.Truth(settings, update, g, [.. state.Select(slab => (Tracked)slab[i])]);
            w -= rate * step.Change;
            (updated.Values[i], updated.Allowed[i]) = (w.Value, w.Error + Underflow);
            for (var slot = 0; slot < after.Length; slot++)
            {
                (after[slot].Values[i], after[slot].Allowed[i]) = (step.State[slot].Value, step.State[slot].Error + Underflow);
            }
        }

        return (updated, after);
    }

    /// <summary>a + (1 - decay) (w - a) for the parameters that are learned, w for the others.</summary>
    public static Bounded MovingAverage(double[] parameters, double[] average, float decay, int learned)
    {
        var result = Bounded.Exact(parameters);
        for (var i = 0; i < learned; i++)
        {
            Tracked a = average[i];
            a += Tracked.Rounded(1.0 - decay) * (parameters[i] - a);
            (result.Values[i], result.Allowed[i]) = (a.Value, a.Error + Underflow);
        }

        return result;
    }

    /// <summary>s + share g, rounded once.</summary>
    public static Bounded GradientShare(double[] gradient, float share, double[] sum)
    {
        var result = Bounded.Zeros(sum.Length);
        for (var i = 0; i < sum.Length; i++)
        {
            var value = sum[i] + (share * gradient[i]);
            (result.Values[i], result.Allowed[i]) = (value, (Rounding * Math.Abs(value)) + Underflow);
        }

        return result;
    }

    /// <summary>
    /// The sum of squares of each chunk of values; an element passes as many additions as there are lanes' turns in a chunk, and
    /// those of the pairs, seven with the rounding of the square.
    /// </summary>
    public static Bounded GradientSquares(double[] values, int chunk)
    {
        var result = Bounded.Zeros((values.Length + chunk - 1) / chunk);
        for (var i = 0; i < values.Length; i++)
        {
            result.Values[i / chunk] += values[i] * values[i];
        }

        for (var i = 0; i < result.Values.Length; i++)
        {
            result.Allowed[i] = ((chunk / 64) + 7) * Rounding * result.Values[i];
        }

        return result;
    }

    /// <summary>
    /// {norm, factor}: the root of all sums, with 3 units in the last place for the root itself (OpenCL C 1.2, 7.4), and
    /// min(1, clip / (norm + 1e-6)), 1 where nothing is clipped.
    /// </summary>
    public static Bounded GradientNorm(double[] sums, double? clip)
    {
        var norm = Math.Sqrt(sums.Sum());
        var normError = ((0.5 * ((sums.Length / 64) + 8)) + 6) * Rounding * norm;
        var factor = clip is { } limit ? Math.Min(1, limit / (norm + 1e-6)) : 1;
        var factorError = clip is null ? 0 : factor * ((normError / (norm + 1e-6)) + (8 * Rounding));
        return new Bounded([norm, factor], [normError, factorError]);
    }

    /// <summary>The gradient with the rows of correct samples set to 0, where skipping has begun: gradient is (m, n).</summary>
    public static Bounded SkipCorrect(double[] gradient, int[] correct, bool begun, int m, int n)
    {
        var result = Bounded.Exact([.. gradient]);
        for (var row = 0; row < m; row++)
        {
            if (begun && correct[row] != 0)
            {
                Array.Clear(result.Values, row * n, n);
            }
        }

        return result;
    }

    /// <summary>The sum of all losses so far: {sum, compensation}, where the compensation may be at most a rounding of the sum.</summary>
    public static Bounded Tally(double[] losses, double[] totals)
    {
        var (sum, magnitude) = (totals[0], Math.Abs(totals[0]));
        foreach (var loss in losses)
        {
            sum += loss;
            magnitude += Math.Abs(loss);
        }

        // Blocks of at most 16 losses, then Kahan's sum (Higham, 4.3): two roundings in all, and the compensation that came in.
        var allowed = (20 * Rounding * magnitude) + Math.Abs(totals[1]);
        return new Bounded([sum, 0], [allowed, allowed]);
    }
}
