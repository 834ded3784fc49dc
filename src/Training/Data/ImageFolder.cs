namespace Gpu.Training.Data;

/// <summary>
/// A folder of IDX files named as the MNIST database names them: <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>
/// and <c>t10k-...</c>, or with a point (<c>train-images.idx3-ubyte</c>), each with or without <c>.gz</c>.
/// </summary>
public static class ImageFolder
{
    private static readonly string[] _endings = ["-idx{0}-ubyte", ".idx{0}-ubyte", "-idx{0}-ubyte.gz", ".idx{0}-ubyte.gz"];

    /// <summary>The parts of a folder; one that the folder lacks is null, but at least one is there.</summary>
    /// <exception cref="TrainingException">No part is there, a file is wrong, or images and labels do not go together.</exception>
    public static (DataSet? Train, DataSet? Test) Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
        {
            throw TrainingException.BadData($"{folder}: expected a folder of IDX files, found no such folder; check the path.");
        }

        var train = LoadPart(folder, "train");
        var test = LoadPart(folder, "t10k");
        if (train is null && test is null)
        {
            throw TrainingException.BadData(
                $"{folder}: expected IDX files named train-images-idx3-ubyte and train-labels-idx1-ubyte (or train-images.idx3-ubyte, "
                + $"with or without .gz, or t10k-...), found {Contents(folder)}.");
        }

        if (train is not null && test is not null)
        {
            LabelRange.RequireSameKind(train, test);
            test = test.WithClasses(train.Classes);
        }

        return (train, test);
    }

    /// <summary>
    /// One file of images, with its labels where a label file of the same naming lies beside it: <c>x-images-idx3-ubyte</c> goes
    /// with <c>x-labels-idx1-ubyte</c>.
    /// </summary>
    /// <exception cref="TrainingException">The file is wrong, or images and labels do not go together.</exception>
    public static DataSet LoadFile(string imagePath)
    {
        ArgumentException.ThrowIfNullOrEmpty(imagePath);
        var images = IdxFile.ReadImages(imagePath);
        var labelPath = LabelFileBeside(imagePath);
        return Combine(images, labelPath, labelPath is null ? [] : IdxFile.ReadLabels(labelPath));
    }

    /// <summary>Whether a part's images and labels are there under one of the known names.</summary>
    internal static bool HasPart(string folder, string part) =>
        Find(folder, part + "-images", 3) is not null && Find(folder, part + "-labels", 1) is not null;

    private static DataSet? LoadPart(string folder, string part)
    {
        var images = Find(folder, part + "-images", 3);
        var labels = Find(folder, part + "-labels", 1);
        if (images is null && labels is null)
        {
            return null;
        }

        if (images is null || labels is null)
        {
            var (have, lack) = images is null ? ("labels", "images-idx3-ubyte") : ("images", "labels-idx1-ubyte");
            throw TrainingException.BadData(
                $"{folder}: expected {part}-{lack} (or .gz) beside the {part} {have}, found none; add the file.");
        }

        return Combine(IdxFile.ReadImages(images), labels, IdxFile.ReadLabels(labels));
    }

    private static string? Find(string folder, string stem, int rank) => _endings
        .Select(ending => Path.Combine(folder, stem + string.Format(null, ending, rank)))
        .FirstOrDefault(File.Exists);

    private static string? LabelFileBeside(string imagePath)
    {
        var name = Path.GetFileName(imagePath);
        var at = name.LastIndexOf("images", StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var ending = name[(at + "images".Length)..].Replace("idx3", "idx1", StringComparison.Ordinal);
        var labels = name[..at] + "labels" + ending;
        var plain = labels.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? labels[..^3] : labels;
        var folder = Path.GetDirectoryName(imagePath) ?? "";
        return new[] { labels, plain, plain + ".gz" }.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    private static DataSet Combine(IdxArray images, string? labelPath, byte[] labels)
    {
        if (labelPath is not null && labels.Length != images.Dimensions[0])
        {
            throw TrainingException.BadData(
                $"{labelPath}: expected {images.Dimensions[0]:N0} labels, one for each image of {images.Path}, found {labels.Length:N0}; "
                + "the two files do not belong together.");
        }

        var (height, width) = images.Rank == 3
            ? (images.Dimensions[1], images.Dimensions[2])
            : ImageShape.Of(images.Dimensions[1]);
        return new DataSet(images.Path, images.Values, labels, height, width, LabelRange.CountClasses(labels));
    }

    private static string Contents(string folder)
    {
        var names = Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(4).ToArray();
        return names.Length switch
        {
            0 => "no files",
            4 => $"{names[0]}, {names[1]}, {names[2]} and more",
            _ => string.Join(", ", names),
        };
    }
}
