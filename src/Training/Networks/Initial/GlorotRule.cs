using Gpu.Training.Layers;
using Gpu.Training.Random;

namespace Gpu.Training.Networks;

/// <summary>
/// <c>glorot</c> and <c>xavier-uniform</c>: the variance 2 / (inputs + outputs); Glorot and Bengio, "Understanding the difficulty of training deep
/// feedforward neural networks" (2010), as PyTorch's <c>xavier_normal_</c> and <c>xavier_uniform_</c>.
/// </summary>
/// <param name="IsUniform">Which form.</param>
public sealed record GlorotRule(bool IsUniform) : WeightDistribution
{
    /// <inheritdoc/>
    public override string Name => IsUniform ? "xavier-uniform" : "glorot";

    /// <inheritdoc/>
    internal override void Fill(Span<float> numbers, ParameterTensor fans, ref RandomStream stream) => Fill(numbers, 2.0 / ((double)fans.FanIn + fans.FanOut), IsUniform, ref stream);
}
