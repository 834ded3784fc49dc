namespace Gpu.Training.Data;

/// <summary>Several files as one data set: all of one shape, with the same columns, one after the other in the order in which they were named.</summary>
internal static class JoinedData
{
    /// <summary>The samples of several files.</summary>
    /// <param name="spec">What named them, for messages.</param>
    /// <param name="paths">The files.</param>
    /// <param name="options">How they are read.</param>
    /// <exception cref="TrainingException">They do not go together.</exception>
    internal static DataSet Load(string spec, IReadOnlyList<string> paths, DataOptions options)
    {
        var parts = new List<DataSet>();
        var left = options.Limit;
        foreach (var path in paths)
        {
            var part = LoadPart(path, options with { Limit = left, Columns = options.Columns ?? parts.FirstOrDefault()?.Columns });
            if (parts.Count > 0)
            {
                RequireSameKind(parts[0], part);
            }

            parts.Add(part);
            left -= part.Count;
            if (left <= 0)
            {
                break;
            }
        }

        var names = Names(parts, options.ClassNames);
        byte[] labels = [.. parts.SelectMany(part => Numbered(part, names))];
        return new DataSet(DataSpec.Show(spec), new JoinedSamples([.. parts.Select(part => part.Samples)]), labels, parts[0].Height, parts[0].Width,
            Math.Max(names?.Count ?? 0, parts.Max(part => part.Classes)))
        {
            Columns = parts[0].Columns,
            ClassNames = names,
            Remarks = [.. parts.SelectMany(part => part.Remarks), .. Unread(paths, parts, options)],
        };
    }

    /// <summary>What to say where a limit leaves files out: their classes are not known.</summary>
    private static IEnumerable<string> Unread(IReadOnlyList<string> paths, List<DataSet> parts, DataOptions options) =>
        parts.Count < paths.Count && parts[0].IsLabelled && options.ClassNames is null
            ? [$"{paths[parts.Count]}: not read, because --limit {options.Limit} ends before it: classes that are only there are not known; name all with --label-names"]
            : [];

    private static DataSet LoadPart(string path, DataOptions options)
    {
        if (Directory.Exists(path))
        {
            throw TrainingException.BadData($"{path}: expected a file, because several were named, found a folder; name one folder, or files.");
        }

        var (train, test) = DataFormats.Load(path, options);
        return test is null ? train! : throw TrainingException.BadData(
            $"{path}: expected a file of one set of samples, because several were named, found training and test samples; name it alone.");
    }

    private static void RequireSameKind(DataSet first, DataSet part)
    {
        if ((part.Height, part.Width) != (first.Height, first.Width))
        {
            throw TrainingException.BadData(
                $"{part.Source}: expected samples of {first.Height} x {first.Width} as in {first.Source}, found {part.Height} x {part.Width}; "
                + "name files of one shape.");
        }

        if (part.IsLabelled != first.IsLabelled)
        {
            var (with, without) = part.IsLabelled ? (part, first) : (first, part);
            throw TrainingException.BadData($"{without.Source}: expected labels as in {with.Source}, found none; name files of one kind.");
        }

        if ((part.ClassNames is null) != (first.ClassNames is null))
        {
            throw TrainingException.BadData(
                $"{part.Source}: expected labels that are {(first.ClassNames is null ? "numbers" : "texts")} as in {first.Source}, found others; name files of one kind.");
        }
    }

    private static IReadOnlyList<string>? Names(List<DataSet> parts, IReadOnlyList<string>? known)
    {
        if (known is not null || parts[0].ClassNames is null)
        {
            return known;
        }

        string[] names = [.. parts.SelectMany(part => part.ClassNames!).Where(name => name.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        return names.Length <= LabelRange.MostClasses ? names : throw TrainingException.BadData(
            $"{parts[0].Source}: expected at most {LabelRange.MostClasses} classes in all files, found {names.Length:N0}; name the column of the labels with --target.");
    }

    private static IEnumerable<byte> Numbered(DataSet part, IReadOnlyList<string>? names)
    {
        if (names is null || part.ClassNames is null || part.ClassNames.SequenceEqual(names))
        {
            return part.Labels;
        }

        byte[] numbers = [.. part.ClassNames.Select(name => (byte)Math.Max(0, names.ToList().IndexOf(name)))];
        return part.Labels.Select(label => numbers[label]);
    }
}
