using Gpu.Training.Layers;
using Gpu.Training.Random;

namespace Gpu.Training.Networks;

/// <summary><c>fan-out</c>: N(0, 1 / outputs): the variance looks at the layer's outputs in place of its inputs.</summary>
public sealed record FanOutRule : WeightDistribution
{
    /// <inheritdoc/>
    public override string Name => "fan-out";

    /// <inheritdoc/>
    internal override void Fill(Span<float> numbers, ParameterTensor fans, ref RandomStream stream) => Fill(numbers, 1.0 / fans.FanOut, isUniform: false, ref stream);
}
