using System.Numerics.Tensors;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>A network applied on the host, to look into it where its numbers went wrong: slow, and seldom.</summary>
internal static class HostNetwork
{
    /// <summary>The first layer that gives NaN or infinity for some of the samples; null where none does.</summary>
    internal static int? FirstBadLayer(NetworkShape shape, float[] parameters, DataSet data, PixelScaling scaling, ReadOnlySpan<int> samples)
    {
        var worst = shape.Layers.Count;
        foreach (var sample in samples)
        {
            var x = new float[data.Features];
            for (var k = 0; k < x.Length; k++)
            {
                x[k] = (data.Sample(sample)[k] * scaling.Scale) + scaling.Offset;
            }

            // A layer behind the worst one so far cannot be the first.
            for (var layer = 0; layer < worst; layer++)
            {
                x = Apply(shape, layer, parameters, x);
                if (!x.All(float.IsFinite))
                {
                    worst = layer;
                }
            }
        }

        return worst < shape.Layers.Count ? worst : null;
    }

    private static float[] Apply(NetworkShape shape, int layer, float[] parameters, float[] x)
    {
        var (outputs, activation) = (shape.Layers[layer].Outputs, (int)shape.Layers[layer].Activation);
        var y = parameters.AsSpan(shape.BiasOffset(layer), outputs).ToArray();
        for (var k = 0; k < x.Length; k++)
        {
            if (x[k] != 0)
            {
                var row = parameters.AsSpan(shape.WeightOffset(layer) + (k * outputs), outputs);
                TensorPrimitives.MultiplyAdd(row, x[k], y, y);
            }
        }

        for (var j = 0; j < y.Length; j++)
        {
            y[j] = Activations.Apply(activation, y[j]);
        }

        return y;
    }
}
