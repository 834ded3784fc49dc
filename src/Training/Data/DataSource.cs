namespace Gpu.Training.Data;

/// <summary>
/// Turns what <c>--data</c> says into samples: the name of a data set, a folder of IDX files or of pictures, or files of any format of
/// <see cref="DataFormats"/>.
/// </summary>
public static class DataSource
{
    private const string DigitsName = "digits";

    /// <summary>Training samples and, where there are any, test samples.</summary>
    /// <param name="spec">What <c>--data</c> says; null where it says nothing: then mnist, or digits where mnist cannot be had.</param>
    /// <param name="options">How to load.</param>
    /// <exception cref="TrainingException">The data is missing or wrong.</exception>
    /// <exception cref="OperationCanceledException">A download was cancelled.</exception>
    public static LoadedData Load(string? spec, DataOptions? options = null)
    {
        options ??= new DataOptions();
        if (spec is null)
        {
            var (chosen, notice) = Choose(options);
            return Load(chosen, options) with { Notice = notice };
        }
        if (options.Limit is <= 0)
        {
            throw TrainingException.BadUsage($"--limit: expected at least 1 training sample, found {options.Limit}.");
        }

        if (options.TestSpec is { } twice && StandardInput.Is(twice) && DataSpec.Words(spec).Contains(twice))
        {
            throw TrainingException.BadUsage($"--test-data {twice}: expected other samples than --data {twice} takes from the same stream; name a file.");
        }

        var (train, test) = LoadParts(spec, options with { NeedsLabels = true });
        if (train is null)
        {
            throw TrainingException.BadData(
                $"{DataSpec.Show(spec)}: expected training samples, found test samples alone; give the training part, or use the folder with "
                + "--test-data.");
        }

        LabelRange.Require(train, train.Classes);
        LabelRange.RequireNoStray(train);
        train = LabelNames.Give(train, options.ClassNames);
        if (options.TestSpec is { } testSpec)
        {
            test = LoadSamples(testSpec, options with { Limit = null, Columns = options.Columns ?? train.Columns, ClassNames = options.ClassNames ?? train.ClassNames });
            LabelRange.RequireSameKind(train, test);
            test = test.WithClasses(train.Classes);
        }

        train = train.Take(options.Limit ?? train.Count);
        return new LoadedData(train, test, Describe(spec, train, test)) { Spec = spec, Remarks = [.. NameRemarks(spec), .. train.Remarks, .. test?.Remarks ?? []] };
    }

    /// <summary>
    /// The samples to evaluate or predict: the test part where the data has one, else all of it. Labels may be missing.
    /// </summary>
    /// <exception cref="TrainingException">The data is missing or wrong.</exception>
    public static DataSet LoadSamples(string spec, DataOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(spec);
        var (train, test) = LoadParts(spec, (options ?? new DataOptions()) with { Limit = null, NeedsLabels = false });
        var data = test ?? train!;
        return data.ClassNames is null && options?.ClassNames is { } names ? data.WithNames(names) : data;
    }

    /// <summary>All that a SPEC names, labelled or not: training samples, test samples, or both.</summary>
    /// <exception cref="TrainingException">The data is missing or wrong.</exception>
    /// <exception cref="OperationCanceledException">A download was cancelled.</exception>
    public static (DataSet? Train, DataSet? Test) LoadAll(string spec, DataOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(spec);
        return LoadParts(spec, options);
    }

    /// <summary>The files of a SPEC that names tables; none where it names other data.</summary>
    /// <exception cref="TrainingException">A file cannot be read.</exception>
    public static IReadOnlyList<string> TablePaths(string spec)
    {
        string[] paths = IsName(spec) ? [] : DataSpec.Paths(spec);
        return paths.Any(path => (File.Exists(path) || StandardInput.Is(path)) && TableReader.IsTable(path)) ? paths : [];
    }

    /// <summary>Several words of a command line as one SPEC.</summary>
    public static string Join(IEnumerable<string> words) => DataSpec.Join(words);

    /// <summary>The words of a SPEC.</summary>
    public static IReadOnlyList<string> Words(string spec) => DataSpec.Words(spec);

    /// <summary>A SPEC as people write it.</summary>
    public static string Show(string spec) => DataSpec.Show(spec);

    /// <summary>What to say of a SPEC that names a data set and a file or folder here, too.</summary>
    public static IReadOnlyList<string> NameRemarks(string spec) => IsName(spec) && (Directory.Exists(spec) || File.Exists(spec))
        ? [$"{spec}: the data set of that name is taken, not the {(Directory.Exists(spec) ? "folder" : "file")} here, which ./{spec} names"]
        : [];

    /// <summary>Whether a SPEC is the name of a data set, which the program finds by itself, and not a path.</summary>
    public static bool IsName(string spec) => spec == DigitsName || PublicDataSet.Find(spec) is not null;

    /// <summary>What to train on when nothing was asked for, and the sentence that says so.</summary>
    private static (string Spec, string Notice) Choose(DataOptions options)
    {
        var mnist = PublicDataSet.Mnist;
        var folder = Path.Combine(options.DataFolder, mnist.Name);
        try
        {
            var notice = IsThere(mnist, folder)
                ? $"No --data was given: training on mnist from {folder}."
                : $"No --data was given: training on mnist, downloaded to {folder}.";
            EnsureDownloaded(mnist, folder, options.Download);
            return (mnist.Name, notice);
        }
        catch (TrainingException)
        {
            return (DigitsName, "No --data was given, and mnist is neither there nor to be downloaded (--data mnist says why): "
                + "training on the built-in synthetic digits.");
        }
    }

    /// <summary>Files that were put there by hand may have any of the known names.</summary>
    private static bool IsThere(PublicDataSet set, string folder) => Downloader.IsComplete(set, folder)
        || (ImageFolder.HasPart(folder, "train") && ImageFolder.HasPart(folder, "t10k"));

    private static void EnsureDownloaded(PublicDataSet set, string folder, DownloadOptions options)
    {
        if (!IsThere(set, folder))
        {
            using var downloader = new Downloader(options);
            downloader.FetchAsync(set, folder).GetAwaiter().GetResult();
        }
    }

    private static (DataSet? Train, DataSet? Test) LoadParts(string spec, DataOptions options)
    {
        if (spec == DigitsName)
        {
            return (Digits.Train(Math.Min(options.Limit ?? Digits.TrainCount, Digits.TrainCount)), Digits.Test());
        }

        if (PublicDataSet.Find(spec) is { } set)
        {
            var folder = Path.Combine(options.DataFolder, set.Name);
            EnsureDownloaded(set, folder, options.Download);
            return ImageFolder.Load(folder, options);
        }

        var paths = DataSpec.Paths(spec);
        if (paths.Length > 1)
        {
            return (JoinedData.Load(spec, paths, options), null);
        }

        var path = paths[0];
        if (Directory.Exists(path))
        {
            return !ImageFolder.Is(path) && PictureFolder.Is(path) ? PictureFolder.Load(path, options) : ImageFolder.Load(path, options);
        }

        return File.Exists(path) || StandardInput.Is(path) || Path.HasExtension(path)
            ? DataFormats.Load(path, options)
            : throw TrainingException.BadData(
                $"{path}: expected mnist, fashion-mnist, digits, a folder of IDX files or pictures, or {DataFormats.Expected}, "
                + "found no file or folder of that name; check the path.");
    }

    private static string Describe(string spec, DataSet train, DataSet? test)
    {
        var name = DataSpec.Show(spec).TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        var size = train.Height > 1 ? $"images of {train.Height} x {train.Width}" : $"samples of {train.Features} values";
        var parts = test is null ? $"{train.Count:N0} training" : $"{train.Count:N0} training and {test.Count:N0} test";
        return $"{name}: {parts} {size}, {train.Classes} classes";
    }
}
