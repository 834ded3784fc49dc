using Gpu.Training.Layers;
using Gpu.Training.Random;

namespace Gpu.Training.Networks;

/// <summary><c>xavier</c>: N(0, 1 / inputs), the form that many programs call so; <see cref="GlorotRule"/> is that of the paper.</summary>
public sealed record XavierRule : WeightDistribution
{
    /// <inheritdoc/>
    public override string Name => "xavier";

    /// <inheritdoc/>
    internal override void Fill(Span<float> numbers, ParameterTensor fans, ref RandomStream stream) => Fill(numbers, 1.0 / fans.FanIn, isUniform: false, ref stream);
}
