using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Models;
using Gpu.Training.Networks;

namespace Gpu.Export.Tests;

/// <summary>Models with drawn tensors, all of them, and images for them: higher than wide, so that an axis that is taken for another shows.</summary>
internal static class RandomModels
{
    internal const int Height = 11;
    internal const int Width = 8;
    internal const int Classes = 5;
    private const int Samples = 23;

    /// <summary>Images of noise, the first black, the second white.</summary>
    internal static DataSet Images()
    {
        var random = new System.Random(5);
        var values = new byte[Samples * Height * Width];
        random.NextBytes(values);
        values.AsSpan(0, Height * Width).Clear();
        values.AsSpan(Height * Width, Height * Width).Fill(byte.MaxValue);
        return new DataSet("noise", values, [], Height, Width, classes: 0);
    }

    /// <summary>A model of layers in words.</summary>
    internal static Model Of(string layers, Loss? loss = null, PixelScaling? scaling = null, float spread = 1)
    {
        var plans = layers.Length == 0 ? [] : LayerKinds.ReadList(layers);
        var shape = NetworkShape.Of(new SampleSize(Height, Width, 1), plans, Classes, Kernels.Ops.Activation.Identity, loss ?? Loss.CrossEntropy);
        return new Model(shape, Draw(shape, spread), scaling ?? PixelScaling.Unit, Height, Width, new ModelOrigin("cpu", 7, "0.1.0"));
    }

    /// <summary>Whether layers fit behind one another.</summary>
    internal static bool Fit(string layers)
    {
        try
        {
            return Of(layers).Shape.Outputs > 0;
        }
        catch (Training.TrainingException)
        {
            return false;
        }
    }

    private static float[] Draw(NetworkShape shape, float spread)
    {
        var random = new System.Random(11);
        var parameters = new float[shape.ParameterCount];
        foreach (var placed in shape.Tensors)
        {
            foreach (ref var number in parameters.AsSpan(placed.Offset, placed.Length))
            {
                var drawn = (float)((2 * random.NextDouble()) - 1);
                number = placed.Tensor.Role switch
                {
                    TensorRole.Weight => spread * drawn * MathF.Sqrt(3f / placed.Tensor.FanIn),
                    TensorRole.Bias => drawn / 2,
                    TensorRole.Statistic => 1 + (drawn / 2),
                    _ => drawn,
                };
            }
        }

        return parameters;
    }
}
