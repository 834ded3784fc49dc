using Gpu.Training.Data;
using Gpu.Training.Files;
using Gpu.Training.Models;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>Says which classes have no sample: a network cannot learn them, and nothing judges how it answers them.</summary>
internal static class ClassWarnings
{
    private const int MostParts = 8;

    /// <summary>A sentence for each part of the data that lacks classes.</summary>
    /// <param name="data">The samples of a run.</param>
    /// <param name="classes">The classes of its network.</param>
    /// <param name="recipe">Its recipe, which may be the cause.</param>
    internal static IEnumerable<string> Of(TrainingData data, int classes, Recipe recipe)
    {
        if (data.Train.Quantity is not null)
        {
            yield break;
        }

        var untrained = LabelRange.Missing(data.Train, classes);
        if (untrained.Count > 0)
        {
            yield return $"no training sample is of {Name(untrained, data.Train.ClassNames)}, of {classes} classes: the network cannot learn {It(untrained)}{Cause(recipe)}";
        }

        var unjudged = data.Validation is { } validation ? LabelRange.Missing(validation, classes).Except(untrained).ToList() : [];
        if (unjudged.Count > 0)
        {
            yield return $"no validation sample is of {Name(unjudged, data.Train.ClassNames)}, of {classes} classes: nothing judges how {(unjudged.Count == 1 ? "it is" : "they are")} answered{Cause(recipe)}";
        }
    }

    /// <summary>Classes as people write them: <c>class 3</c>, <c>classes 0, 3 and 5 to 9</c>, <c>classes cat and dog</c>.</summary>
    /// <param name="classes">Their numbers, ascending.</param>
    /// <param name="names">What classes are called; null where they have numbers alone.</param>
    internal static string Name(IReadOnlyList<int> classes, IReadOnlyList<string>? names = null)
    {
        var parts = names is null ? Ranges(classes) : [.. classes.Select(c => VisibleText.Of(ModelNames.NameOf(names, c)))];
        parts = parts.Count <= MostParts ? parts : [.. parts.Take(MostParts), "others"];
        var list = parts.Count == 1 ? parts[0] : $"{string.Join(", ", parts.SkipLast(1))} and {parts[^1]}";
        return $"{(classes.Count == 1 ? "class" : "classes")} {list}";
    }

    /// <summary>Numbers, of which three or more that follow one another make a range.</summary>
    private static List<string> Ranges(IReadOnlyList<int> classes)
    {
        var parts = new List<string>();
        for (int first = 0, next; first < classes.Count; first = next)
        {
            for (next = first + 1; next < classes.Count && classes[next] == classes[next - 1] + 1; next++)
            {
            }

            parts.AddRange(next - first > 2
                ? [$"{classes[first]} to {classes[next - 1]}"]
                : classes.Skip(first).Take(next - first).Select(c => $"{c}"));
        }

        return parts;
    }

    private static string It(IReadOnlyList<int> classes) => classes.Count == 1 ? "it" : "them";

    private static string Cause(Recipe recipe) => recipe switch
    {
        { Validation.FromEnd: true } =>
            $"; --validation {recipe.Validation} takes the end of the data as it stands: where that is sorted by class, hold out a share, such as --validation 0.15",
        { Limit: not null } =>
            $"; --limit {recipe.Limit} takes the first samples as they stand: where they are sorted by class, shuffle them, or leave --limit out",
        _ => "",
    };
}
