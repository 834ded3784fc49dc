using Gpu.Training.Layers;
using Gpu.Training.Random;

namespace Gpu.Training.Networks;

/// <summary><c>normal</c>: N(0, 1).</summary>
public sealed record NormalRule : WeightDistribution
{
    /// <inheritdoc/>
    public override string Name => "normal";

    /// <inheritdoc/>
    internal override void Fill(Span<float> numbers, ParameterTensor fans, ref RandomStream stream) => FillNormal(numbers, 1, ref stream);
}
