using Gpu.Kernels.Ops;
using Gpu.Training.Layers;
using Gpu.Training.Random;

namespace Gpu.Training.Networks;

/// <summary>The parameters a network starts from.</summary>
public static class InitialWeights
{
    /// <summary>
    /// Draws all weights and biases, each layer's from sequences of its own that the seed and the layer's place decide.
    /// </summary>
    /// <param name="shape">The network.</param>
    /// <param name="weights">How weights are drawn; null for what suits a layer's activation, see <see cref="Default"/>.</param>
    /// <param name="biases">How biases are drawn; their fans are those of their layer's weights.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The slab of the network: <see cref="NetworkShape.ParameterCount"/> numbers, weights first.</returns>
    public static float[] Draw(NetworkShape shape, WeightDistribution? weights, WeightDistribution biases, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(biases);
        var parameters = new float[shape.ParameterCount];
        foreach (var placed in shape.Tensors)
        {
            var numbers = parameters.AsSpan(placed.Offset, placed.Length);
            switch (placed.Tensor.Role)
            {
                case TensorRole.Weight:
                    var stream = new RandomStream(seed, RandomPurpose.Weights, index: placed.Layer);
                    (weights ?? Default(shape.Layers[placed.Layer].Activation)).Fill(numbers, placed.Tensor, ref stream);
                    break;
                case TensorRole.Bias:
                    var own = new RandomStream(seed, RandomPurpose.Biases, index: placed.Layer);
                    biases.Fill(numbers, shape.Layers[placed.Layer].Tensors.First(tensor => tensor.Role == TensorRole.Weight), ref own);
                    break;
                default:
                    numbers.Fill(placed.Tensor.Start);
                    break;
            }
        }

        return parameters;
    }

    /// <summary>What is drawn by where nothing was asked for: <c>lecun</c> before <c>selu</c>, which needs it to keep its mean and variance, else <c>he</c>.</summary>
    public static WeightDistribution Default(Activation activation) => activation == Activation.Selu ? WeightDistribution.LeCun : WeightDistribution.He;
}
