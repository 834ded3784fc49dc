using System.Globalization;
using Gpu.Training.Layers;
using Gpu.Training.Random;

namespace Gpu.Training.Networks;

/// <summary><c>0.1</c>: every number is this one; for biases alone, as weights that are all alike stay so.</summary>
/// <param name="Value">The number.</param>
public sealed record ConstantRule(float Value) : WeightDistribution
{
    /// <inheritdoc/>
    public override string Name => Value.ToString("R", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    internal override void Fill(Span<float> numbers, ParameterTensor fans, ref RandomStream stream) => numbers.Fill(Value);

    /// <summary>Reads the text form; null where it is none.</summary>
    internal static ConstantRule? Parse(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value) ? new ConstantRule(value) : null;
}
