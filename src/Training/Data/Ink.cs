namespace Gpu.Training.Data;

/// <summary>How light images are: those shown to a model should be as its training images were, light on dark or dark on light.</summary>
public static class Ink
{
    /// <summary>Means that lie closer to each other than this can be of the same kind.</summary>
    private const double LeastDifference = 0.2;

    /// <summary>The mean of the values, 0 to 1 for bytes of 0 to 255; 0 where there are none.</summary>
    public static double Mean(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Statistics.Mean / byte.MaxValue;
    }

    /// <summary>
    /// A sentence that says so where images look like the negatives of those that a model was trained on: their mean is far from the
    /// model's, and nearer to that of the negatives. Null where they do not.
    /// </summary>
    /// <param name="data">The images.</param>
    /// <param name="trained">The mean of the training images, as <see cref="Mean"/> gives it.</param>
    public static string? Warning(DataSet data, double trained)
    {
        ArgumentNullException.ThrowIfNull(data);
        var found = Mean(data);
        return data.Height > 1 && Math.Abs(found - trained) >= LeastDifference && Math.Abs(found - (1 - trained)) < Math.Abs(found - trained)
            ? $"{data.Source}: the images look like negatives of those that the model was trained on: their values are {100 * found:F0} % of the largest on "
                + $"average, where training had {100 * trained:F0} %; if that is so, the answers are worth nothing: invert the images, 255 minus each value."
            : null;
    }
}
