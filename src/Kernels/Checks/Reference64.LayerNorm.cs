namespace Gpu.Kernels.Checks;

/// <summary>What <see cref="Reference64.LayerNorm"/> yields.</summary>
/// <param name="Y">(rows, columns).</param>
/// <param name="Statistics">(rows, 2): mean and 1 / sqrt(variance + epsilon).</param>
public sealed record LayerNormReference(Bounded Y, Bounded Statistics);

/// <summary>What <see cref="Reference64.LayerNormBackward"/> yields.</summary>
/// <param name="DScale">(columns).</param>
/// <param name="DShift">(columns).</param>
/// <param name="Dx">(rows, columns).</param>
public sealed record LayerNormGradients(Bounded DScale, Bounded DShift, Bounded Dx);

public static partial class Reference64
{
    /// <summary>y = scale (x - mean) / sqrt(variance + 1e-5) + shift by each row's mean and variance; scale and shift have a number for each column.</summary>
    public static LayerNormReference LayerNorm(double[] x, double[] scale, double[] shift, int rows)
    {
        var columns = scale.Length;
        var result = new LayerNormReference(Bounded.Zeros(x.Length), Bounded.Zeros(2 * rows));
        for (var row = 0; row < rows; row++)
        {
            var (mean, variance) = Moments(x[(row * columns)..((row + 1) * columns)], columns);
            var inverse = 1 / Tracked.Sqrt(variance + Tracked.Rounded(1e-5));
            Put(result.Statistics, 2 * row, mean);
            Put(result.Statistics, (2 * row) + 1, inverse);
            for (var j = 0; j < columns; j++)
            {
                var at = (row * columns) + j;
                Put(result.Y, at, ((x[at] - mean) * inverse * scale[j]) + shift[j]);
            }
        }

        return result;
    }

    /// <summary>
    /// With x' = (x - mean) inverse and g = dy scale: dShift = sum dy and dScale = sum dy x' over the rows; dx = inverse (g - mean g - x' mean (g x')),
    /// the derivative through mean and variance as well.
    /// </summary>
    public static LayerNormGradients LayerNormBackward(double[] x, double[] dy, double[] statistics, double[] scale, int rows)
    {
        var columns = scale.Length;
        var result = new LayerNormGradients(Bounded.Zeros(columns), Bounded.Zeros(columns), Bounded.Zeros(x.Length));
        Tracked[] normalised = [.. x.Select((value, i) => (value - (Tracked)statistics[2 * (i / columns)]) * statistics[(2 * (i / columns)) + 1])];
        for (var j = 0; j < columns; j++)
        {
            int[] at = [.. Enumerable.Range(0, rows).Select(row => (row * columns) + j)];
            Put(result.DShift, j, Tracked.Sum(at.Select(i => (Tracked)dy[i])));
            Put(result.DScale, j, Tracked.Dot(at.Select(i => ((Tracked)dy[i], normalised[i]))));
        }

        for (var row = 0; row < rows; row++)
        {
            int[] at = [.. Enumerable.Range(row * columns, columns)];
            Tracked[] g = [.. at.Select((i, j) => (Tracked)dy[i] * scale[j])];
            var mean = Tracked.Sum(g) / columns;
            var dot = Tracked.Dot(at.Select((i, j) => (g[j], normalised[i]))) / columns;
            for (var j = 0; j < columns; j++)
            {
                Put(result.Dx, at[j], statistics[(2 * row) + 1] * (g[j] - ((normalised[at[j]] * dot) + mean)));
            }
        }

        return result;
    }
}
