using Gpu.Training.Data;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>Says which classes have no sample: a network cannot learn them, and nothing judges how it answers them.</summary>
internal static class ClassWarnings
{
    private const int MostRanges = 8;

    /// <summary>A sentence for each part of the data that lacks classes.</summary>
    /// <param name="data">The samples of a run.</param>
    /// <param name="classes">The classes of its network.</param>
    /// <param name="recipe">Its recipe, which may be the cause.</param>
    internal static IEnumerable<string> Of(TrainingData data, int classes, Recipe recipe)
    {
        var untrained = LabelRange.Missing(data.Train, classes);
        if (untrained.Count > 0)
        {
            yield return $"no training sample is of {Name(untrained)}, of {classes} classes: the network cannot learn {It(untrained)}{Cause(recipe)}";
        }

        var unjudged = data.Validation is { } validation ? LabelRange.Missing(validation, classes).Except(untrained).ToList() : [];
        if (unjudged.Count > 0)
        {
            yield return $"no validation sample is of {Name(unjudged)}, of {classes} classes: nothing judges how {(unjudged.Count == 1 ? "it is" : "they are")} answered{Cause(recipe)}";
        }
    }

    /// <summary>Classes as people write them: <c>class 3</c>, <c>classes 0, 3 and 5 to 9</c>.</summary>
    internal static string Name(IReadOnlyList<int> classes)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var c in classes)
        {
            if (ranges.Count > 0 && ranges[^1].Last == c - 1)
            {
                ranges[^1] = (ranges[^1].First, c);
            }
            else
            {
                ranges.Add((c, c));
            }
        }

        // Two that stand side by side are named, more make a range.
        List<string> names =
        [
            .. ranges.Take(MostRanges).SelectMany<(int First, int Last), string>(range =>
                range.Last - range.First > 1 ? [$"{range.First} to {range.Last}"] : range.First == range.Last ? [$"{range.First}"] : [$"{range.First}", $"{range.Last}"]),
            .. ranges.Count > MostRanges ? ["others"] : Array.Empty<string>(),
        ];
        var list = names.Count == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";
        return $"{(classes.Count == 1 ? "class" : "classes")} {list}";
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
