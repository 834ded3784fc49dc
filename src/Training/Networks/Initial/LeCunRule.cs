using Gpu.Training.Layers;
using Gpu.Training.Random;

namespace Gpu.Training.Networks;

/// <summary>
/// <c>lecun</c> and <c>lecun-uniform</c>: the variance 1 / inputs; LeCun, Bottou, Orr and Mueller, "Efficient backprop" (1998); what self-normalising
/// networks of <c>selu</c> ask for (Klambauer and others, 2017).
/// </summary>
/// <param name="IsUniform">Which form.</param>
public sealed record LeCunRule(bool IsUniform) : WeightDistribution
{
    /// <inheritdoc/>
    public override string Name => IsUniform ? "lecun-uniform" : "lecun";

    /// <inheritdoc/>
    internal override void Fill(Span<float> numbers, ParameterTensor fans, ref RandomStream stream) => Fill(numbers, 1.0 / fans.FanIn, IsUniform, ref stream);
}
