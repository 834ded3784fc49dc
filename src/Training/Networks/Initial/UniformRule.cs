using System.Globalization;
using Gpu.Training.Layers;
using Gpu.Training.Random;

namespace Gpu.Training.Networks;

/// <summary><c>uniform:a</c>: U[-a, a].</summary>
/// <param name="Limit">The a, above 0.</param>
public sealed record UniformRule(float Limit) : WeightDistribution
{
    /// <summary>What stands before the limit.</summary>
    internal const string Prefix = "uniform:";

    /// <inheritdoc/>
    public override string Name => Prefix + Limit.ToString("R", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    internal override void Fill(Span<float> numbers, ParameterTensor fans, ref RandomStream stream) => FillUniform(numbers, Limit, ref stream);

    /// <summary>Reads the text form; null where it is none.</summary>
    internal static UniformRule? Parse(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) && float.TryParse(text.AsSpan(Prefix.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var limit)
        && limit > 0 && float.IsFinite(limit) ? new UniformRule(limit) : null;
}
