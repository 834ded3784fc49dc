using System.Globalization;
using System.Text.RegularExpressions;

namespace Gpu.Training.Data;

/// <summary>
/// A folder of IDX files named as the MNIST database names them: <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>
/// and <c>t10k-...</c> or <c>test-...</c>, or with a point (<c>train-images.idx3-ubyte</c>), each with or without <c>.gz</c>; or with the
/// name of a data set in front, as EMNIST (<c>emnist-letters-train-...</c>) and QMNIST (<c>qmnist-train-labels-idx2-int</c>) have it.
/// </summary>
public static partial class ImageFolder
{
    private const string Images = "images";
    private const string Labels = "labels";
    private const string Train = "train";

    /// <summary>The names of the part that is for testing, the one to look for first at the start.</summary>
    private static readonly string[] _testNames = ["t10k", "test"];

    /// <summary>The parts of a folder; one that the folder lacks is null, but at least one is there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How it is read; null for labelled samples.</param>
    /// <exception cref="TrainingException">No part is there, a file is wrong, or images and labels do not go together.</exception>
    public static (DataSet? Train, DataSet? Test) Load(string folder, DataOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new DataOptions { NeedsLabels = true };
        if (!Directory.Exists(folder))
        {
            throw TrainingException.BadData($"{folder}: expected a folder of IDX files, found no such folder; check the path.");
        }

        var files = Choose(folder, Find(folder), options.Split);
        var train = LoadPart(folder, files, [Train], options);
        var test = LoadPart(folder, files, _testNames, options with { Limit = null });
        if (train is null && test is null)
        {
            throw TrainingException.BadData(
                $"{folder}: expected IDX files named train-images-idx3-ubyte and train-labels-idx1-ubyte (or train-images.idx3-ubyte, "
                + $"with or without .gz, or t10k-...), or a folder of PNG or JPEG files for each class, found {Contents(folder)}.");
        }

        if (train is { IsLabelled: true } && test is { IsLabelled: true })
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
        return DataInput.Read(imagePath, "an IDX file", input => LoadFile(input, new DataOptions()));
    }

    /// <summary>The same for a file that is open.</summary>
    internal static DataSet LoadFile(DataInput input, DataOptions options) => Combine(IdxFile.OpenImages(input, options), LabelFileBeside(input.Path), options);

    /// <summary>Whether a folder has files that are named as those of a data set.</summary>
    internal static bool Is(string folder) => Find(folder).Count > 0;

    /// <summary>Whether a part's images and labels are there under one of the known names.</summary>
    internal static bool HasPart(string folder, string part)
    {
        var files = Directory.Exists(folder) ? Find(folder).Where(file => file.Set.Length == 0 && file.Part == part).ToArray() : [];
        return files.Any(file => file.What == Images) && files.Any(file => file.What == Labels);
    }

    private static DataSet? LoadPart(string folder, IReadOnlyList<NamedFile> files, string[] names, DataOptions options)
    {
        var part = names.FirstOrDefault(name => files.Any(file => file.Part == name)) ?? names[0];
        var images = files.FirstOrDefault(file => file.Part == part && file.What == Images);
        var labels = files.FirstOrDefault(file => file.Part == part && file.What == Labels);
        if (images is null && labels is null)
        {
            return null;
        }

        if (images is null || (labels is null && options.NeedsLabels))
        {
            var (have, lack) = images is null ? ("labels", "images-idx3-ubyte") : ("images", "labels-idx1-ubyte");
            throw TrainingException.BadData(
                $"{folder}: expected {(images ?? labels)!.Set}{part}-{lack} (or .gz) beside the {part} {have}, found none; add the file.");
        }

        var data = DataInput.Read(images.Path, "an IDX file", input => IdxFile.OpenImages(input, options));
        return Combine(data, labels?.Path, options);
    }

    /// <summary>The files of one data set: the only one, the one that is asked for, or the one without a name of its own.</summary>
    private static IReadOnlyList<NamedFile> Choose(string folder, IReadOnlyList<NamedFile> files, string? split)
    {
        string[] sets = [.. files.Select(file => file.Set).Distinct().Order(StringComparer.Ordinal)];
        var asked = split is null ? null : sets.FirstOrDefault(set => set == split + "-" || set.EndsWith($"-{split}-", StringComparison.Ordinal));
        if (asked is not null || sets.Length == 0 || (split is null && (sets.Length == 1 || sets.Contains(""))))
        {
            var set = asked ?? (sets.Contains("") ? "" : sets.FirstOrDefault(""));
            return [.. files.Where(file => file.Set == set)];
        }

        var names = string.Join(", ", sets.Select(set => set.Length == 0 ? "one without a name" : set.TrimEnd('-')));
        throw split is null
            ? TrainingException.BadData(
                $"{folder}: expected one data set, found {sets.Length}: {names}; choose one with --split, such as --split {sets[0].TrimEnd('-').Split('-')[^1]}.")
            : TrainingException.BadData($"{folder}: expected a data set named by --split {split}, found {names}; name one of them.");
    }

    /// <summary>The files that are named as those of a data set, plain ones before compressed ones.</summary>
    private static List<NamedFile> Find(string folder) => [.. Directory.EnumerateFiles(folder)
        .Select(path => (path, match: FileName().Match(Path.GetFileName(path))))
        .Where(found => found.match.Success)
        .OrderBy(found => found.match.Groups["gz"].Success)
        .ThenBy(found => found.path, StringComparer.Ordinal)
        .Select(found => new NamedFile(found.path, found.match.Groups["set"].Value, found.match.Groups["part"].Value, found.match.Groups["what"].Value))];

    private static string? LabelFileBeside(string imagePath)
    {
        var name = Path.GetFileName(imagePath);
        var at = name.LastIndexOf(Images, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var ending = name[(at + Images.Length)..];
        var plain = ending.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? ending[..^3] : ending;
        var folder = Path.GetDirectoryName(imagePath) ?? "";
        string[] endings = [plain.Replace("idx3", "idx1", StringComparison.Ordinal), plain.Replace("idx3-ubyte", "idx2-int", StringComparison.Ordinal)];
        return endings.SelectMany(end => new[] { end, end + ".gz" }).Select(end => Path.Combine(folder, name[..at] + Labels + end)).FirstOrDefault(File.Exists);
    }

    private static DataSet Combine(DataSet images, string? labelPath, DataOptions options) => labelPath is null
        ? images.Take(options.Limit ?? images.Count)
        : LabelledImages.Combine(images, labelPath, IdxFile.ReadLabels(labelPath), options);

    private static string Contents(string folder)
    {
        var names = Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(4).ToArray();
        return names.Length switch
        {
            0 => "no files",
            4 => string.Create(CultureInfo.InvariantCulture, $"{names[0]}, {names[1]}, {names[2]} and more"),
            _ => string.Join(", ", names),
        };
    }

    [GeneratedRegex(
        @"^(?<set>.*?)(?<part>train|t10k|test)-(?<what>images|labels)[-.]idx[0-9]-(?:ubyte|int)(?<gz>\.gz)?$",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileName();

    /// <summary>A file of a data set.</summary>
    /// <param name="Path">Where it lies.</param>
    /// <param name="Set">The name in front with its dash, as <c>emnist-letters-</c>; empty without one.</param>
    /// <param name="Part">What it is for.</param>
    /// <param name="What">Images or labels.</param>
    private sealed record NamedFile(string Path, string Set, string Part, string What);
}
