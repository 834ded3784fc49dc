namespace Gpu.Training.Data;

/// <summary>
/// A folder with a folder of PNG or JPEG files for each class, named as the class: alone, or with <c>train</c> and <c>test</c> (or
/// <c>training</c>, <c>testing</c>; where there is no <c>test</c>, <c>val</c>, <c>valid</c> or <c>validation</c> judges) above. Pictures are
/// taken in the order of their names, and made grey.
/// </summary>
internal static class PictureFolder
{
    private static readonly string[] _trainNames = ["train", "training"];
    private static readonly string[] _testNames = ["test", "testing", "val", "valid", "validation"];

    /// <summary>Whether a folder holds folders of pictures, or folders of such folders.</summary>
    internal static bool Is(string folder) => HasClasses(folder) || Part(folder, _trainNames) is not null || Part(folder, _testNames) is not null;

    /// <summary>The parts of a folder; one that it lacks is null.</summary>
    internal static (DataSet? Train, DataSet? Test) Load(string folder, DataOptions options)
    {
        var (train, test) = (Part(folder, _trainNames), Part(folder, _testNames));
        if (train is null && test is null)
        {
            return (LoadClasses(folder, options), null);
        }

        var trained = train is null ? null : LoadClasses(train, options);
        var others = _testNames.Select(name => Path.Combine(folder, name)).Where(path => path != test && HasClasses(path)).ToArray();
        trained = others.Length == 0 ? trained : trained?.WithRemark($"{string.Join(", ", others)}: left out, because {test} judges");
        return (trained, test is null ? null : LoadClasses(test, options with { Limit = null, ClassNames = trained?.ClassNames ?? options.ClassNames }));
    }

    private static string? Part(string folder, string[] names) => names.Select(name => Path.Combine(folder, name)).FirstOrDefault(HasClasses);

    private static bool HasClasses(string folder) => Directory.Exists(folder) && Directory.EnumerateDirectories(folder).Any(HasPictures);

    private static bool HasPictures(string folder) => Directory.EnumerateFiles(folder).Any(PictureFile.IsNamedSo);

    private static DataSet LoadClasses(string folder, DataOptions options)
    {
        string[] found = [.. Directory.EnumerateDirectories(folder).Where(HasPictures).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        var names = options.ClassNames ?? found;
        if (found.Except(names).FirstOrDefault() is { } unknown)
        {
            throw TrainingException.BadData(
                $"{Path.Combine(folder, unknown)}: expected folders named as the classes {string.Join(", ", names.Take(12))}{(names.Count > 12 ? ", ..." : "")}, found another; "
                + "use data with the classes the network was made for.");
        }

        if (names.Count > LabelRange.MostClasses)
        {
            throw TrainingException.BadData($"{folder}: expected at most {LabelRange.MostClasses} classes, a folder each, found {names.Count:N0}; put similar classes together.");
        }

        var files = Files(folder, found, names, options.Limit);
        var (first, height, width) = PictureFile.Read(files[0].Path);
        var source = new CacheSource(folder, [.. files.Select(file => file.Path)]);
        return DecodedSamples.Load(folder, source, options, (long)first.Length * files.Count, first.Length, spool =>
        {
            spool.Add(first);
            foreach (var (path, _) in files.Skip(1))
            {
                var (values, rows, columns) = PictureFile.Read(path);
                spool.Add((rows, columns) == (height, width) ? values : throw TrainingException.BadData(
                    $"{path}: expected a picture of {height} x {width}, as {files[0].Path} is, found {rows} x {columns}; bring all pictures to one size."));
            }
        }, samples => new DataSet(folder, samples, [.. files.Select(file => file.Label)], height, width, Math.Max(2, names.Count)) { ClassNames = Pad(names) });
    }

    /// <summary>All pictures with their class; where only some are wanted, in turn of each class, so that none is missing.</summary>
    private static List<(string Path, byte Label)> Files(string folder, string[] found, IReadOnlyList<string> names, int? limit)
    {
        var order = names.Select((name, number) => (name, number)).ToDictionary(pair => pair.name, pair => (byte)pair.number, StringComparer.Ordinal);
        var classes = found.Select(name => Directory.EnumerateFiles(Path.Combine(folder, name)).Where(PictureFile.IsNamedSo)
            .Order(StringComparer.Ordinal).Select((path, place) => (Path: path, Label: order[name], Place: place)));
        var all = classes.SelectMany(pictures => pictures);
        return limit is null
            ? [.. all.Select(picture => (picture.Path, picture.Label))]
            : [.. all.OrderBy(picture => picture.Place).Take(limit.Value).Select(picture => (picture.Path, picture.Label))];
    }

    private static IReadOnlyList<string> Pad(IReadOnlyList<string> names) => names.Count == 1 ? [names[0], ""] : names;
}
