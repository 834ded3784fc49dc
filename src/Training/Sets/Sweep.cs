using Gpu.Training.Random;
using Gpu.Training.Recipes;

namespace Gpu.Training.Sets;

/// <summary>Settings that are to be tried in every combination of their values, or in some of them.</summary>
public static class Sweep
{
    /// <summary>More combinations than this are not gone through, even where but some of them are tried.</summary>
    private const int MostCombinations = 100_000;

    /// <summary>What holds samples out, where nothing is said: the best is chosen by them.</summary>
    private const string UsualValidation = "0.15";

    /// <summary>What decides which samples there are and which of them judge: scores would not be of one kind.</summary>
    private static readonly string[] _ofAll = ["data", "test-data", "target", "task", "header", "column", "ignore", "split", "label-names", "limit", "validation", "test", "seed"];

    /// <summary>Settings whose value is a list: in a sweep commas part the values, and <c>x</c> the items of one, as in 30,128,64x64.</summary>
    private static readonly string[] _lists = ["hidden", "activation"];

    /// <summary>The runs that try settings.</summary>
    /// <param name="asked">The settings, some of them with several values and commas between.</param>
    /// <param name="trials">How many combinations are tried, drawn by the seed; null for all.</param>
    /// <returns>The runs, and what to say of combinations that were left out; null for none.</returns>
    /// <exception cref="TrainingException">A value is wrong, no setting has several, or they are too many.</exception>
    public static (RunSet Set, string? Remark) Of(RecipeSettings asked, int? trials)
    {
        ArgumentNullException.ThrowIfNull(asked);
        var (given, axes) = (new RecipeSettings(), new List<(string Key, string[] Values)>());
        foreach (var key in RecipeKeys.All.Where(key => asked.Contains(key.Name)))
        {
            var values = Values(key, asked.TextOf(key.Name)!);
            if (values.Length > 1)
            {
                axes.Add((key.Name, values));
            }
            else
            {
                given.Set(key.Name, values[0], $"--{key.Name}");
            }
        }

        if (axes.Count == 0)
        {
            throw TrainingException.BadUsage("gpu sweep: expected a setting with several values, such as --lr 0.01,0.1, found none: name some, or use gpu train.");
        }

        RequireValidation(given);
        var (combinations, remark) = Fitting(given, axes);
        int[] chosen = Drawn(combinations.Count, trials, given.ToRecipe().Seed);
        RunSet.RequireFew(chosen.Length);
        SetMember[] members = [.. chosen.Select((place, i) => new SetMember(RunSet.Numbered("trial", i + 1, chosen.Length), combinations[place]))];
        return (new RunSet(SetKind.Sweep, given, members), remark);
    }

    /// <summary>The values of a setting: what reads as one is one, whatever commas it has.</summary>
    private static string[] Values(RecipeKey key, string text)
    {
        var isList = _lists.Contains(key.Name);
        string[] parts = !isList && Reads(key, text) ? [text] : text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length > 1 && _ofAll.Contains(key.Name))
        {
            throw TrainingException.BadUsage($"--{key.Name} {text}: expected one value, because all runs of a sweep are judged by the same samples, found {parts.Length}; leave one.");
        }

        string[] values = [.. parts.Select(part => isList ? part.Replace('x', ',') : part)];
        foreach (var value in values)
        {
            key.Read(Recipe.Default, value, $"--{key.Name}");
        }

        return values.Distinct().Count() == values.Length ? values
            : throw TrainingException.BadUsage($"--{key.Name} {text}: expected values that differ, found one twice; leave one of the two out.");
    }

    private static bool Reads(RecipeKey key, string text)
    {
        try
        {
            key.Read(Recipe.Default, text, key.Name);
            return true;
        }
        catch (TrainingException)
        {
            return false;
        }
    }

    private static void RequireValidation(RecipeSettings given)
    {
        if (given.TextOf("validation") == SettingText.None)
        {
            throw TrainingException.BadUsage("--validation none: expected samples that are held out, because the best of a sweep is chosen by them; leave it out, or name a share.");
        }

        if (!given.Contains("validation"))
        {
            given.Set("validation", UsualValidation, "--validation");
        }
    }

    /// <summary>The combinations whose settings go together, the last setting changing fastest.</summary>
    private static (List<(string Key, string Text)[]> Combinations, string? Remark) Fitting(RecipeSettings given, List<(string Key, string[] Values)> axes)
    {
        var count = axes.Aggregate(1.0, (product, axis) => product * axis.Values.Length);
        if (count > MostCombinations)
        {
            throw TrainingException.BadUsage($"gpu sweep: expected at most {MostCombinations:N0} combinations, found {count:N0}: leave values out.");
        }

        var (fitting, misfits, why) = (new List<(string, string)[]>(), 0, (TrainingException?)null);
        for (var number = 0; number < (int)count; number++)
        {
            var combination = Combination(axes, number);
            try
            {
                new RunSet(SetKind.Sweep, given, []).SettingsOf(new SetMember("", combination)).ToRecipe();
                fitting.Add(combination);
            }
            catch (TrainingException cause)
            {
                misfits++;
                why ??= cause;
            }
        }

        return fitting.Count == 0 ? throw why!
            : (fitting, misfits == 0 ? null : $"{misfits:N0} of {count:N0} combinations are left out, because their settings do not go together: {why!.Message}");
    }

    private static (string Key, string Text)[] Combination(List<(string Key, string[] Values)> axes, int number)
    {
        var combination = new (string, string)[axes.Count];
        for (var axis = axes.Count - 1; axis >= 0; axis--)
        {
            combination[axis] = (axes[axis].Key, axes[axis].Values[number % axes[axis].Values.Length]);
            number /= axes[axis].Values.Length;
        }

        return combination;
    }

    /// <summary>All places, or so many of them, drawn, in their order.</summary>
    private static int[] Drawn(int count, int? trials, ulong seed)
    {
        int[] places = [.. Enumerable.Range(0, count)];
        if (trials is not { } few || few >= count)
        {
            return places;
        }

        new RandomStream(seed, RandomPurpose.Sweep).Shuffle(places);
        return [.. places.Take(few).Order()];
    }
}
