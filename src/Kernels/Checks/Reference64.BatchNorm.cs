namespace Gpu.Kernels.Checks;

/// <summary>What <see cref="Reference64.BatchNorm"/> yields.</summary>
/// <param name="Y">(rows, channels).</param>
/// <param name="Statistics">(2, channels): mean and 1 / sqrt(variance + epsilon).</param>
/// <param name="RunningMean">(channels).</param>
/// <param name="RunningVariance">(channels).</param>
public sealed record BatchNormReference(Bounded Y, Bounded Statistics, Bounded RunningMean, Bounded RunningVariance);

/// <summary>What <see cref="Reference64.BatchNormBackward"/> yields.</summary>
/// <param name="DScale">(channels).</param>
/// <param name="DShift">(channels).</param>
/// <param name="Dx">(rows, channels).</param>
public sealed record BatchNormGradients(Bounded DScale, Bounded DShift, Bounded Dx);

public static partial class Reference64
{
    /// <summary>y = scale (x - mean) / sqrt(variance + 1e-5) + shift by each channel's mean and variance, of which 0.1 gets into the running ones.</summary>
    public static BatchNormReference BatchNorm(double[] x, double[] scale, double[] shift, double[] runningMean, double[] runningVariance, int rows)
    {
        var channels = scale.Length;
        var result = new BatchNormReference(Bounded.Zeros(x.Length), Bounded.Zeros(2 * channels), Bounded.Zeros(channels), Bounded.Zeros(channels));
        for (var c = 0; c < channels; c++)
        {
            var (mean, variance) = Moments([.. Enumerable.Range(0, rows).Select(row => x[(row * channels) + c])], Ops.BatchNorm.Depth(rows));
            var isFinite = double.IsFinite(mean.Value);
            Put(result.RunningMean, c, isFinite ? Moved(runningMean[c], mean) : runningMean[c]);
            Put(result.RunningVariance, c, isFinite && rows > 1 ? Moved(runningVariance[c], variance * rows / (rows - 1)) : runningVariance[c]);
            Normalise(x, scale, shift, c, mean, variance, result.Statistics, result.Y);
        }

        return result;
    }

    /// <summary>The same by statistics that are given: y, and {mean, 1 / sqrt(variance + 1e-5)}.</summary>
    public static (Bounded Y, Bounded Statistics) BatchNormEvaluation(double[] x, double[] scale, double[] shift, double[] mean, double[] variance)
    {
        var (y, statistics) = (Bounded.Zeros(x.Length), Bounded.Zeros(2 * scale.Length));
        for (var c = 0; c < scale.Length; c++)
        {
            Normalise(x, scale, shift, c, mean[c], variance[c], statistics, y);
        }

        return (y, statistics);
    }

    /// <summary>
    /// With x' = (x - mean) inverse: dShift = sum dy, dScale = sum dy x', dx = scale inverse (dy - (dShift + x' dScale) / rows), the derivative through
    /// mean and variance as well.
    /// </summary>
    public static BatchNormGradients BatchNormBackward(double[] x, double[] dy, double[] statistics, double[] scale, int rows)
    {
        var (channels, depth) = (scale.Length, Ops.BatchNorm.Depth(rows));
        var result = new BatchNormGradients(Bounded.Zeros(channels), Bounded.Zeros(channels), Bounded.Zeros(x.Length));
        for (var c = 0; c < channels; c++)
        {
            int[] at = [.. Enumerable.Range(0, rows).Select(row => (row * channels) + c)];
            Tracked inverse = statistics[channels + c];
            Tracked[] normalised = [.. at.Select(i => ((Tracked)x[i] - statistics[c]) * inverse)];
            var dShift = SumOf([.. at.Select(i => (Tracked)dy[i])], depth);
            var dScale = SumOf([.. at.Select((i, row) => dy[i] * normalised[row])], depth);
            Put(result.DShift, c, dShift);
            Put(result.DScale, c, dScale);
            for (var row = 0; row < rows; row++)
            {
                Put(result.Dx, at[row], scale[c] * inverse * (dy[at[row]] - ((dShift + (normalised[row] * dScale)) / rows)));
            }
        }

        return result;
    }

    /// <summary>
    /// Mean and variance, the mean of the squared distances. Sums of chunks are off by <paramref name="depth"/> roundings, and so is the mean of a chunk,
    /// from which its squares are taken: that shifts each distance, and the distance between the two means.
    /// </summary>
    private static (Tracked Mean, Tracked Variance) Moments(double[] values, int depth)
    {
        var mean = values.Average();
        var meanError = (depth + 2) * Rounding * values.Average(Math.Abs);
        var variance = values.Average(value => (value - mean) * (value - mean));
        var farthest = values.Max(value => Math.Abs(value - mean));
        var shift = meanError + ((depth + 2) * Rounding * values.Max(Math.Abs));
        return (new(mean, meanError), new(variance, ((depth + 10) * Rounding * variance) + (2 * farthest * shift) + (2 * shift * shift)));
    }

    private static void Normalise(double[] x, double[] scale, double[] shift, int channel, Tracked mean, Tracked variance, Bounded statistics, Bounded y)
    {
        var channels = scale.Length;
        var inverse = 1 / Tracked.Sqrt(variance + Tracked.Rounded(1e-5));
        Put(statistics, channel, mean);
        Put(statistics, channels + channel, inverse);
        for (var i = channel; i < x.Length; i += channels)
        {
            Put(y, i, ((x[i] - mean) * inverse * scale[channel]) + shift[channel]);
        }
    }

    private static Tracked Moved(double running, Tracked batch) => (Tracked.Rounded(0.9) * running) + (Tracked.Rounded(0.1) * batch);

    /// <summary>A sum whose terms go through so many additions.</summary>
    private static Tracked SumOf(Tracked[] terms, int depth) => new(
        terms.Sum(term => term.Value), terms.Sum(term => term.Error + (depth * Rounding * (Math.Abs(term.Value) + term.Error))));

    private static void Put(Bounded target, int index, Tracked value) =>
        (target.Values[index], target.Allowed[index]) = (value.Value, value.Error + (value.Error == 0 ? 0 : Underflow));
}
