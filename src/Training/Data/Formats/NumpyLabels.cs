using System.Text.RegularExpressions;

namespace Gpu.Training.Data;

/// <summary>
/// Labels of NumPy arrays in a file beside that of their images, named as it is but for one word: <c>kmnist-train-labels.npz</c> goes with
/// <c>kmnist-train-imgs.npz</c>, <c>y_train.npy</c> with <c>x_train.npy</c>, <c>labels.npy</c> with <c>images.npy</c>.
/// </summary>
internal static partial class NumpyLabels
{
    /// <summary>Images with the labels that lie beside them, if any do.</summary>
    /// <param name="images">The images.</param>
    /// <param name="path">Their file.</param>
    /// <param name="options">How many are wanted.</param>
    /// <exception cref="TrainingException">The labels cannot be read, or are not as many as the images.</exception>
    internal static DataSet Join(DataSet images, string path, DataOptions options) =>
        images.IsLabelled || Beside(path) is not { } labels ? images.Take(options.Limit ?? images.Count)
        : LabelledImages.Combine(images, labels, DataInput.Read(labels, "a NumPy array of labels", Read), options);

    private static byte[] Read(DataInput input) =>
        NpyHeader.Matches(input.Start) ? NpyFile.ReadLabels(input)
        : NpzFile.IsArchive(input) ? NpzFile.ReadLabels(input)
        : throw TrainingException.BadData($"{input.Path}: expected a NumPy array of labels (.npy, .npz), found {ForeignFormats.Describe(input.Start)}.");

    private static string? Beside(string path)
    {
        var name = Path.GetFileName(path);
        var labels = ImageWord().Replace(name, match => match.Value is "x" or "X" ? "y" : "labels", 1);
        var beside = Path.Combine(Path.GetDirectoryName(path) ?? "", labels);
        return labels != name && File.Exists(beside) ? beside : null;
    }

    [GeneratedRegex("(?<![A-Za-z])(images|imgs|x|X)(?![A-Za-z])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ImageWord();
}
