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
        for (var i = 0; i < shape.Layers.Count; i++)
        {
            var stream = new RandomStream(seed, RandomPurpose.Weights, index: i);
            var weights = parameters.AsSpan(shape.WeightOffset(i), shape.WeightLength(i));
            if (distribution.Rule == WeightRule.Uniform)
            {
                FillUniform(weights, distribution.Limit, ref stream);
            }
            else
            {
                FillNormal(weights, StandardDeviation(distribution.Rule, shape.Layers[i]), ref stream);
            }
        }

        parameters.AsSpan(shape.WeightCount).Fill(bias);
        return parameters;
    }

    private static double StandardDeviation(WeightRule rule, LayerShape layer) => rule switch
    {
        WeightRule.He => Math.Sqrt(2.0 / layer.Inputs),
        WeightRule.Xavier => Math.Sqrt(1.0 / layer.Inputs),
        WeightRule.FanOut => Math.Sqrt(1.0 / layer.Outputs),
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
