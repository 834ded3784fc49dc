namespace Gpu.Training.Networks;

/// <summary>The rules by which initial weights are drawn.</summary>
public static class WeightDistributions
{
    /// <summary>A rule of each kind.</summary>
    public static IReadOnlyList<WeightDistribution> All { get; } =
    [
        WeightDistribution.He,
        new HeRule(IsUniform: true),
        WeightDistribution.Xavier,
        new GlorotRule(IsUniform: true),
        new GlorotRule(IsUniform: false),
        WeightDistribution.LeCun,
        new LeCunRule(IsUniform: true),
        WeightDistribution.Normal,
        WeightDistribution.FanOut,
        WeightDistribution.Uniform(0.1f),
    ];

    /// <summary>Their names, for messages and help.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(rule => rule.Name)];

    /// <summary>Reads a rule for weights; null where it is none.</summary>
    public static WeightDistribution? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return All.FirstOrDefault(rule => rule.Name == text) ?? UniformRule.Parse(text);
    }

    /// <summary>Reads a rule for biases, which may be a number; null where it is none.</summary>
    public static WeightDistribution? ParseBias(string text) => (WeightDistribution?)ConstantRule.Parse(text) ?? Parse(text);
}
