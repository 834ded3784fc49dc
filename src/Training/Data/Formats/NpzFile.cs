using System.IO.Compression;

namespace Gpu.Training.Data;

/// <summary>
/// Reads NumPy's archives of arrays, by the names that people give them: <c>x_train</c>, <c>y_train</c>, <c>x_test</c>, <c>y_test</c> as
/// Keras has MNIST, <c>train_images</c> and so on, or one set as <c>x</c> and <c>y</c>, <c>images</c> and <c>labels</c>, <c>arr_0</c> and <c>arr_1</c>.
/// </summary>
internal static class NpzFile
{
    /// <summary>How the entries of an archive end, behind the name of their array.</summary>
    internal const string Ending = ".npy";

    private const int MostEntries = 10_000;
    private static readonly (string Images, string Labels)[] _train = [("x_train", "y_train"), ("train_images", "train_labels")];
    private static readonly (string Images, string Labels)[] _test = [("x_test", "y_test"), ("test_images", "test_labels")];
    private static readonly (string Images, string Labels)[] _single = [("x", "y"), ("images", "labels"), ("data", "target"), ("arr_0", "arr_1")];

    /// <summary>Whether a zip archive is one of arrays.</summary>
    internal static bool IsArchive(DataInput input)
    {
        if (input.IsGzip || !input.Start.AsSpan().StartsWith("PK"u8))
        {
            return false;
        }

        if (input.Path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        using var archive = TryOpen(input);
        return archive is not null && archive.Entries.Any(entry => entry.FullName.EndsWith(Ending, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The parts of an archive that is open; one that it lacks is null.</summary>
    internal static (DataSet? Train, DataSet? Test) Load(DataInput input, DataOptions options)
    {
        using var archive = Open(input);
        var train = LoadPart(input, archive, _train, options);
        var test = LoadPart(input, archive, _test, options with { Limit = null });
        train ??= test is null && LoadPart(input, archive, _single, options) is { } single ? NumpyLabels.Join(single, input.Path, options) : null;
        return train is null && test is null
            ? throw TrainingException.BadData(
                $"{input.Path}: expected arrays named x_train and y_train, train_images and train_labels, x and y, images and labels, or arr_0, found "
                + $"{string.Join(", ", archive.Entries.Take(6).Select(entry => entry.FullName))}; save them under such names with numpy.savez.")
            : (train, test);
    }

    /// <summary>The labels of an archive that is open and holds one array.</summary>
    internal static byte[] ReadLabels(DataInput input)
    {
        using var archive = Open(input);
        return archive.Entries is [var only] ? Read(input, only, NpyFile.ReadLabels) : throw TrainingException.BadData(
            $"{input.Path}: expected one array, of labels, found {archive.Entries.Count:N0}; save the labels alone with numpy.savez.");
    }

    private static ZipArchive? TryOpen(DataInput input)
    {
        try
        {
            return new ZipArchive(input.OpenFile(), ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Opens an archive.</summary>
    /// <exception cref="TrainingException">It is none, or damaged.</exception>
    internal static ZipArchive Open(DataInput input)
    {
        try
        {
            var archive = new ZipArchive(input.OpenFile(), ZipArchiveMode.Read, leaveOpen: true);
            return archive.Entries.Count <= MostEntries ? archive : throw TrainingException.BadData(
                $"{input.Path}: expected an archive of at most {MostEntries:N0} arrays, found {archive.Entries.Count:N0} entries; check that it is the right file.");
        }
        catch (InvalidDataException damage)
        {
            throw Damaged(input, damage);
        }
    }

    private static DataSet? LoadPart(DataInput input, ZipArchive archive, (string Images, string Labels)[] names, DataOptions options)
    {
        foreach (var (images, labels) in names)
        {
            if (Find(archive, images) is { } entry)
            {
                return Load(input, entry, Find(archive, labels), options);
            }
        }

        return null;
    }

    private static ZipArchiveEntry? Find(ZipArchive archive, string name) =>
        archive.Entries.FirstOrDefault(entry => entry.FullName.Equals(name + Ending, StringComparison.OrdinalIgnoreCase));

    private static DataSet Load(DataInput input, ZipArchiveEntry images, ZipArchiveEntry? labelled, DataOptions options)
    {
        var labels = labelled is null ? [] : Read(input, labelled, NpyFile.ReadLabels);
        var header = Read(input, images, (header, _) => header);
        if (labelled is not null && labels.Length != header.Dimensions[0])
        {
            throw TrainingException.BadData(
                $"{input.Path}, {labelled.FullName}: expected {header.Dimensions[0]:N0} labels, one for each image of {images.FullName}, found {labels.Length:N0}; "
                + "the two do not belong together.");
        }

        var (height, width) = ImageShape.Of(header.Path, header.Dimensions);
        var classes = LabelRange.CountClasses(labels);
        var count = Math.Min(options.Limit ?? int.MaxValue, header.Dimensions[0]);

        // The archive is one file and its sets are several: a cache of one of them goes by the name of its array.
        return DecodedSamples.Load(input, options with { Target = images.FullName }, header.Count, NpyFile.Features(header),
            spool => Read(input, images, (again, content) => NpyFile.ReadImages(again, content, options.Limit, spool)),
            samples => new DataSet($"{input.Path}, {images.FullName}", samples, labelled is null ? [] : labels[..count], height, width, classes));
    }

    /// <summary>Reads an array.</summary>
    internal static T Read<T>(DataInput input, ZipArchiveEntry entry, Func<NpyHeader, Stream, T> read, bool takesFortran = false)
    {
        try
        {
            using var content = entry.Open();
            var header = NpyHeader.Read($"{input.Path}, {entry.FullName}", content, takesFortran);

            // The archive says how long an entry is before it is unpacked, and may lie: no more is in it than deflate can hold.
            NpyFile.RequireLength(header, entry.Length, isExact: true);
            NpyFile.RequireLength(header, input.MostBytes * 1032, isExact: false);
            return read(header, content);
        }
        catch (Exception damage) when (damage is InvalidDataException or NotSupportedException)
        {
            throw Damaged(input, damage);
        }
    }

    private static TrainingException Damaged(DataInput input, Exception damage) =>
        TrainingException.BadData($"{input.Path}: expected a whole archive of NumPy arrays (.npz), found a damaged zip archive; get the file again.", damage);
}
