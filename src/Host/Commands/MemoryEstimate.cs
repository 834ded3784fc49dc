using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Host.Commands;

/// <summary>How many bytes training keeps on the device, the data set not counted.</summary>
internal static class MemoryEstimate
{
    /// <summary>The weights and biases.</summary>
    internal static long Parameters(NetworkShape shape) => (long)shape.ParameterCount * sizeof(float);

    /// <summary>
    /// Parameters; their gradients, which plain gradient descent needs for no more than a tile at a time; the velocity of
    /// momentum; and for each sample of a batch its inputs and every layer's outputs with their gradients.
    /// </summary>
    internal static long Training(NetworkShape shape, Recipe recipe)
    {
        var isPlainDescent = recipe.Momentum == 0 && recipe.L2 == 0;
        var slabs = 1 + (isPlainDescent ? 0 : 1) + (recipe.Momentum == 0 ? 0 : 1);
        var sample = shape.Inputs + (2L * shape.Layers.Sum(layer => (long)layer.Outputs));
        return (slabs * Parameters(shape)) + (recipe.BatchSize * sample * sizeof(float));
    }
}
