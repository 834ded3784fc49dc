namespace Gpu.Training.Data;

/// <summary>Images of one file and labels of another.</summary>
internal static class LabelledImages
{
    /// <summary>The images with their labels, all or as many as are asked for.</summary>
    /// <param name="images">The images, without labels: all, or no more than are asked for.</param>
    /// <param name="labelPath">The file of the labels, for messages.</param>
    /// <param name="labels">All labels.</param>
    /// <param name="options">How many are wanted.</param>
    /// <exception cref="TrainingException">They are not as many.</exception>
    internal static DataSet Combine(DataSet images, string labelPath, byte[] labels, DataOptions options)
    {
        var expected = images.Count;
        if (labels.Length != expected && !(options.Limit == expected && labels.Length > expected))
        {
            throw TrainingException.BadData(
                $"{labelPath}: expected {expected:N0} labels, one for each image of {images.Source}, found {labels.Length:N0}; "
                + "the two files do not belong together.");
        }

        // All labels are there, so the classes do not depend on how many samples are taken.
        var classes = LabelRange.CountClasses(labels);
        var taken = images.Take(Math.Min(options.Limit ?? expected, expected));
        return new DataSet(images.Source, taken.Samples, labels[..taken.Count], images.Height, images.Width, classes);
    }
}
