using Gpu.Training.Layers;
using Gpu.Training.Random;

namespace Gpu.Training.Networks;

/// <summary>The parameters a network starts from.</summary>
public static class InitialWeights
{
    /// <summary>
    /// Draws all weights, each layer from a sequence of its own that the seed and the layer's place decide, and sets all biases.
    /// </summary>
    /// <param name="shape">The network.</param>
    /// <param name="distribution">How weights are drawn.</param>
    /// <param name="bias">The value of every bias.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The slab of the network: <see cref="NetworkShape.ParameterCount"/> numbers, weights first.</returns>
    public static float[] Draw(NetworkShape shape, WeightDistribution distribution, float bias, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var parameters = new float[shape.ParameterCount];
        foreach (var placed in shape.Tensors)
        {
            var numbers = parameters.AsSpan(placed.Offset, placed.Length);
            switch (placed.Tensor.Role)
            {
                case TensorRole.Weight:
                    Draw(numbers, placed.Tensor, distribution, new RandomStream(seed, RandomPurpose.Weights, index: placed.Layer));
                    break;
                case TensorRole.Bias:
                    numbers.Fill(bias);
                    break;
                default:
                    numbers.Fill(placed.Tensor.Start);
                    break;
            }
        }

        return parameters;
    }

    private static void Draw(Span<float> weights, ParameterTensor tensor, WeightDistribution distribution, RandomStream stream)
    {
        if (distribution.Rule == WeightRule.Uniform)
        {
            FillUniform(weights, distribution.Limit, ref stream);
        }
        else
        {
            FillNormal(weights, StandardDeviation(distribution.Rule, tensor), ref stream);
        }
    }

    private static double StandardDeviation(WeightRule rule, ParameterTensor tensor) => rule switch
    {
        WeightRule.He => Math.Sqrt(2.0 / tensor.FanIn),
        WeightRule.Xavier => Math.Sqrt(1.0 / tensor.FanIn),
        WeightRule.FanOut => Math.Sqrt(1.0 / tensor.FanOut),
        _ => 1,
    };

    private static void FillNormal(Span<float> weights, double deviation, ref RandomStream stream)
    {
        foreach (ref var weight in weights)
        {
            weight = (float)(deviation * stream.NextNormal());
        }
    }

    private static void FillUniform(Span<float> weights, float limit, ref RandomStream stream)
    {
        foreach (ref var weight in weights)
        {
            weight = (float)(limit * ((2 * stream.NextDouble()) - 1));
        }
    }
}
