using System.Globalization;
using Gpu.Training.Data;
using Gpu.Training.Recipes;

namespace Gpu.Training.Networks;

/// <summary>What each class counts in the loss: in text <c>balanced</c>, which a run works out of its training samples, or a number for each, <c>1,2.5,1</c>.</summary>
public sealed class ClassWeights
{
    private const string BalancedName = "balanced";

    private ClassWeights(IReadOnlyList<float>? values) => Values = values;

    /// <summary>Rare classes count more: samples / (classes x samples of the class), as in scikit-learn; classes without a sample are not counted, and weigh 1.</summary>
    public static ClassWeights Balanced { get; } = new(values: null);

    /// <summary>The weights; null before they are worked out.</summary>
    public IReadOnlyList<float>? Values { get; }

    /// <summary>Reads the text form; null where it is none, or a weight is not above 0.</summary>
    public static ClassWeights? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text == BalancedName ? Balanced
            : SettingText.List<float>(text, Weight) is { Count: > 0 } values ? new ClassWeights(values) : null;
    }

    /// <summary>The weights for samples to learn from.</summary>
    /// <exception cref="TrainingException">There are not as many as classes.</exception>
    public ClassWeights Resolve(DataSet training, int classes)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (Values is not null)
        {
            return Values.Count == classes ? this : throw TrainingException.BadUsage(
                $"class-weights must be a number for each of the {classes} classes of {training.Source}, found {Values.Count}: add those that lack, or say {BalancedName}.");
        }

        var counts = new int[classes];
        foreach (var label in training.Labels)
        {
            counts[label]++;
        }

        var present = counts.Count(count => count > 0);
        return new ClassWeights([.. counts.Select(count => count == 0 ? 1 : (float)((double)training.Count / ((double)present * count)))]);
    }

    /// <summary>The text form.</summary>
    public override string ToString() =>
        Values is null ? BalancedName : string.Join(',', Values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private static float? Weight(string text) => SettingText.TrySingle(text, out var value) && value > 0 && float.IsFinite(value) ? value : null;
}
