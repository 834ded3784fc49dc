using Gpu.Kernels.Ops;

namespace Gpu.Training.Networks;

/// <summary>A dense layer: y = activation(x W + b), where x is rows x Inputs, W is Inputs x Outputs and b has Outputs numbers.</summary>
/// <param name="Inputs">Numbers that go in for each sample.</param>
/// <param name="Outputs">Numbers that come out for each sample.</param>
/// <param name="Activation">What is applied to the sums.</param>
public sealed record LayerShape(int Inputs, int Outputs, Activation Activation)
{
    /// <summary>Weights: Inputs x Outputs.</summary>
    public long WeightCount => (long)Inputs * Outputs;
}
