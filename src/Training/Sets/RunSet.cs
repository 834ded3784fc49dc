using System.Globalization;
using Gpu.Training.Data;
using Gpu.Training.Recipes;

namespace Gpu.Training.Sets;

/// <summary>One run of a set.</summary>
/// <param name="Name">What it is called, and its folder.</param>
/// <param name="Settings">What it has of its own: names of settings and their texts, in the order in which they are told.</param>
public sealed record SetMember(string Name, IReadOnlyList<(string Key, string Text)> Settings);

/// <summary>Runs that belong together: the same settings, but for a few that each has of its own.</summary>
/// <param name="Kind">What it is made for.</param>
/// <param name="Given">The settings of all.</param>
/// <param name="Members">The runs.</param>
public sealed record RunSet(SetKind Kind, RecipeSettings Given, IReadOnlyList<SetMember> Members)
{
    /// <summary>The most runs of a set.</summary>
    public const int MostMembers = 10_000;

    private static readonly string[] _judges = ["test", "test-data"];

    /// <summary>A run for each fold, for each seed, or for each pair of them: all seeds have the same folds.</summary>
    /// <param name="given">The settings of all; the folds are drawn by their seed, which is also the first of several.</param>
    /// <param name="folds">How many folds there are; 0 for none.</param>
    /// <param name="seeds">How many seeds there are; 0 for the one that was given.</param>
    /// <exception cref="TrainingException">The settings say otherwise what is held out, or the runs are too many.</exception>
    public static RunSet Repeated(RecipeSettings given, int folds, int seeds)
    {
        ArgumentNullException.ThrowIfNull(given);
        var first = given.ToRecipe().Seed;
        if (folds > 0 && _judges.FirstOrDefault(given.Contains) is { } other)
        {
            throw TrainingException.BadUsage($"--folds {folds} holds out each part of the training data in turn to judge by, and --{other} says otherwise what judges: leave one of them out.");
        }

        RequireFew((long)Math.Max(folds, 1) * Math.Max(seeds, 1));
        if (first > ulong.MaxValue - (ulong)seeds)
        {
            throw TrainingException.BadUsage($"--seeds {seeds}: expected a --seed that so many more can be counted from, found {first}; give a smaller one.");
        }

        var members = Enumerable.Range(1, Math.Max(folds, 1)).SelectMany(
            fold => Enumerable.Range(0, Math.Max(seeds, 1)).Select(place => Repeated(fold, folds, first, first + (ulong)place, seeds)));
        return new RunSet(folds > 0 ? SetKind.Folds : SetKind.Seeds, given, [.. members]);
    }

    /// <summary>The settings of one of its runs, and of no other: what its command line says.</summary>
    public RecipeSettings SettingsOf(SetMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        var own = new RecipeSettings();
        foreach (var (key, text) in member.Settings)
        {
            own.Set(key, text, $"--{key}");
        }

        return Given.Merge(own);
    }

    /// <summary>Checks that a set is not too large.</summary>
    internal static void RequireFew(long members)
    {
        if (members > MostMembers)
        {
            throw TrainingException.BadUsage($"expected a set of at most {MostMembers:N0} runs, found {members:N0}: ask for fewer.");
        }
    }

    /// <summary>A number with as many digits as the largest has, so that names stand in their order.</summary>
    internal static string Numbered(string word, int number, int largest) =>
        $"{word}-{number.ToString(CultureInfo.InvariantCulture).PadLeft(largest.ToString(CultureInfo.InvariantCulture).Length, '0')}";

    private static SetMember Repeated(int fold, int folds, ulong drawnBy, ulong seed, int seeds)
    {
        var text = seed.ToString(CultureInfo.InvariantCulture);
        string[] names = [.. folds > 0 ? [Numbered("fold", fold, folds)] : Array.Empty<string>(), .. seeds > 0 ? [$"seed-{text}"] : Array.Empty<string>()];
        return new SetMember(string.Join('-', names),
        [
            .. folds > 0 ? [("test", Split.Of(new Fold(fold, folds, drawnBy)).ToString())] : Array.Empty<(string, string)>(),
            .. seeds > 0 ? [("seed", text)] : Array.Empty<(string, string)>(),
        ]);
    }
}

/// <summary>What a set of runs is made for.</summary>
public enum SetKind
{
    /// <summary>Cross-validation: each part of the data is held out once, perhaps by several seeds.</summary>
    Folds,

    /// <summary>The same run with several seeds.</summary>
    Seeds,

    /// <summary>Settings are tried, and the best are chosen.</summary>
    Sweep,
}
