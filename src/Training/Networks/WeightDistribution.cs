using System.Globalization;

namespace Gpu.Training.Networks;

/// <summary>How initial weights are drawn.</summary>
public enum WeightRule
{
    /// <summary>N(0, 2/inputs): He, Zhang, Ren and Sun, "Delving deep into rectifiers" (2015).</summary>
    He = 0,

    /// <summary>N(0, 1/inputs): after Glorot and Bengio, "Understanding the difficulty of training deep networks" (2010).</summary>
    Xavier = 1,

    /// <summary>N(0, 1).</summary>
    Normal = 2,

    /// <summary>N(0, 1/outputs): the variance looks at the layer's outputs in place of its inputs.</summary>
    FanOut = 3,

    /// <summary>U[-a, a].</summary>
    Uniform = 4,
}

/// <summary>A rule by which initial weights are drawn, in text <c>he</c>, <c>xavier</c>, <c>normal</c>, <c>fan-out</c> or <c>uniform:a</c>.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Limit">The a of U[-a, a]; 0 for the other rules.</param>
public readonly record struct WeightDistribution(WeightRule Rule, float Limit = 0)
{
    private const string UniformPrefix = "uniform:";
    private static readonly string[] _names = ["he", "xavier", "normal", "fan-out"];

    /// <summary>The names to choose from, for messages and help.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. _names, UniformPrefix + "0.1"];

    /// <summary>Reads the text form; false where it is none, or the limit is not a positive number.</summary>
    public static bool TryParse(string text, out WeightDistribution distribution)
    {
        distribution = default;
        if (text.StartsWith(UniformPrefix, StringComparison.Ordinal))
        {
            var isNumber = float.TryParse(text.AsSpan(UniformPrefix.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var limit);
            distribution = new WeightDistribution(WeightRule.Uniform, limit);
            return isNumber && limit > 0 && float.IsFinite(limit);
        }

        var index = Array.IndexOf(_names, text);
        distribution = new WeightDistribution((WeightRule)Math.Max(index, 0));
        return index >= 0;
    }

    /// <summary>The text form.</summary>
    public override string ToString() =>
        Rule == WeightRule.Uniform ? UniformPrefix + Limit.ToString("R", CultureInfo.InvariantCulture) : _names[(int)Rule];
}
