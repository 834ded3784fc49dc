using Gpu.Training.Layers;
using Gpu.Training.Random;

namespace Gpu.Training.Networks;

/// <summary>
/// <c>he</c> and <c>he-uniform</c>: the variance 2 / inputs; He, Zhang, Ren and Sun, "Delving deep into rectifiers" (2015), as PyTorch's
/// <c>kaiming_normal_</c> and <c>kaiming_uniform_</c> for rectifiers.
/// </summary>
/// <param name="IsUniform">Which form.</param>
public sealed record HeRule(bool IsUniform) : WeightDistribution
{
    /// <inheritdoc/>
    public override string Name => IsUniform ? "he-uniform" : "he";

    /// <inheritdoc/>
    internal override void Fill(Span<float> numbers, ParameterTensor fans, ref RandomStream stream) => Fill(numbers, 2.0 / fans.FanIn, IsUniform, ref stream);
}
