using System.Text;
using Gpu.Training.Files;

namespace Gpu.Training.Data;

/// <summary>Names of classes as a user gives them.</summary>
public static class LabelNames
{
    private const int MostBytes = 1 << 20;
    private const int MostNames = 256;
    private const int LongestName = 200;

    /// <summary>Names with commas between, or those of a file, one a line.</summary>
    /// <exception cref="TrainingException">There is none, or one is too long, empty or given twice.</exception>
    public static IReadOnlyList<string> Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var names = File.Exists(text)
            ? Encoding.UTF8.GetString(BoundedFile.Read(text, "names of classes, one a line", MostBytes, TrainingException.BadUsage)).TrimStart('\uFEFF')
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : text.Split(',', StringSplitOptions.TrimEntries);
        var wrong = names.Length is 0 or > MostNames ? $"{names.Length:N0} of them"
            : names.FirstOrDefault(name => name.Length is 0 or > LongestName || name.Any(char.IsControl)) is { } odd ? TableCell.Show(odd)
            : names.Distinct(StringComparer.Ordinal).Count() < names.Length ? "one of them twice"
            : null;
        return wrong is null ? names : throw TrainingException.BadUsage(
            $"--label-names: expected 1 to {MostNames} different names of at most {LongestName} characters, with commas between or a line each in a file, found {wrong}.");
    }

    /// <summary>Data with its classes named; where names begin with that of class 1 because no sample is of class 0, that has none.</summary>
    /// <exception cref="TrainingException">There are more classes than names.</exception>
    internal static DataSet Give(DataSet data, IReadOnlyList<string>? names)
    {
        if (names is null || data.ClassNames is not null || data.Classes == 0)
        {
            return data;
        }

        if (names.Count == data.Classes - 1 && !data.Labels.Contains((byte)0))
        {
            return data.WithNames(["", .. names]).WithRemark($"{data.Source}: no sample is of class 0, so the {names.Count} names are those of class 1 and on");
        }

        return names.Count >= data.Classes ? data.WithClasses(names.Count).WithNames(names) : throw TrainingException.BadUsage(
            $"--label-names: expected a name for each of the {data.Classes} classes of {data.Source}, found {names.Count}; name them all.");
    }

    /// <summary>
    /// Names for the classes of a model, from class 0 on. Where the model itself has none for class 0, they may begin with that of class 1,
    /// as in training.
    /// </summary>
    /// <param name="names">The names that are given.</param>
    /// <param name="classes">The classes of the model.</param>
    /// <param name="known">The model's own names; null where it has none.</param>
    /// <exception cref="TrainingException">They are not as many as the classes: they could name the wrong ones.</exception>
    public static IReadOnlyList<string> ForModel(IReadOnlyList<string> names, int classes, IReadOnlyList<string>? known)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == classes)
        {
            return names;
        }

        if (names.Count == classes - 1 && known is ["", ..])
        {
            return ["", .. names];
        }

        var advice = names.Count == classes - 1 ? "; where they begin with class 1, put another before them for class 0" : "; name them all, and no others";
        throw TrainingException.BadUsage($"--label-names: expected a name for each of the {classes} classes of the model, from class 0 on, found {names.Count}{advice}.");
    }
}
