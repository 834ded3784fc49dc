using Gpu.Kernels.Ops;
using Gpu.Training.Recipes;

namespace Gpu.Training.Augmentation;

/// <summary>Augmentations as the command line and recipes say them: <c>shift:2,rotate:15,elastic:36/5.5</c>.</summary>
public static class AugmentationWords
{
    /// <summary>One of each kind, with numbers that suit handwritten digits.</summary>
    public static IReadOnlyList<string> Examples { get; } = [.. Augmentations.All.Select(kind => $"{kind.Name}:{kind.Example}")];

    /// <summary>What there is and what each takes, for messages and help.</summary>
    public static string Forms { get; } = string.Join(", ", Augmentations.All.Select(kind => kind.Form));

    /// <summary>Reads augmentations with commas between; null for <c>none</c>, and where all that is named does nothing.</summary>
    /// <exception cref="TrainingException">One cannot be read: the message says which, and what was expected.</exception>
    public static ImageAugmentation? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var named = new HashSet<string>();
        var all = ImageAugmentation.None;
        foreach (var item in SettingText.Items(text))
        {
            var name = item.Split(':')[0].Trim();
            var kind = Augmentations.All.FirstOrDefault(known => known.Name == name) ?? throw TrainingException.BadUsage(
                $"Expected augmentations such as {string.Join(',', Examples)}, found \"{item}\""
                + (Nearest.Suggestion(name, Augmentations.All.Select(known => known.Name)) is { Length: > 0 } hint ? hint : "."));
            all = named.Add(name) ? all.With(kind, Amounts(kind, item))
                : throw TrainingException.BadUsage($"The augmentation {name} is named twice in \"{text}\": name it once.");
        }

        return all.Kinds.Any() ? all : null;
    }

    private static float[] Amounts(AugmentationKind kind, string item)
    {
        var numbers = new List<float>();
        foreach (var word in item.Contains(':', StringComparison.Ordinal) ? item[(item.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('/') : [])
        {
            if (numbers.Count == kind.Amounts.Count || !SettingText.TrySingle(word, out var number) || !kind.Amounts[numbers.Count].Takes(number))
            {
                throw Refuse(kind, item);
            }

            numbers.Add(number);
        }

        return numbers.Count == kind.Amounts.Count ? [.. numbers] : throw Refuse(kind, item);
    }

    private static TrainingException Refuse(AugmentationKind kind, string item) => TrainingException.BadUsage(
        $"Expected {kind.Form} with {string.Join(" and ", kind.Amounts.Select(amount => amount.Expected))}, such as {kind.Name}:{kind.Example}, found \"{item}\".");
}
