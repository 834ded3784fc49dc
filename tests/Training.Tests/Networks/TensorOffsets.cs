using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Networks;

/// <summary>Where weights and biases of a dense layer stand in the slab.</summary>
internal static class TensorOffsets
{
    internal static int WeightOffset(this NetworkShape shape, int layer) => shape.TensorsOf(layer)[0].Offset;

    internal static int WeightLength(this NetworkShape shape, int layer) => shape.TensorsOf(layer)[0].Length;

    internal static int BiasOffset(this NetworkShape shape, int layer) => shape.TensorsOf(layer)[1].Offset;

    internal static int BiasLength(this NetworkShape shape, int layer) => shape.TensorsOf(layer)[1].Length;
}
