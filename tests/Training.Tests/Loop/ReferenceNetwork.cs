using System.Runtime.InteropServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Loop;
using Gpu.Training.Networks;
using Gpu.Training.Tests.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>A whole network in float64.</summary>
internal sealed class ReferenceNetwork(NetworkShape shape, DataSet data, PixelScaling scaling, LossSettings? settings = null)
{
    private readonly double[] _inputs = [.. Order(data.Count).SelectMany(i => Inputs(data, i, scaling))];
    private readonly int[] _labels = data.Quantity is null ? [.. Order(data.Count).Select(i => (int)data.Labels[i])] : [];
    private readonly double[] _targets = data.Quantity is null ? [] : [.. Order(data.Count).Select(i => (double)Floats(data, i)[^1])];

    /// <summary>The mean loss in the first step of a run of the trainer's usual seed: the layers' own formulas, one after the other.</summary>
    internal double Loss(double[] parameters)
    {
        var seed = new TrainerOptions().Seed;
        var x = _inputs;
        for (var l = 0; l < shape.Layers.Count; l++)
        {
            double[][] tensors = [.. shape.TensorsOf(l).Select(tensor => parameters[tensor.Offset..(tensor.Offset + tensor.Length)])];
            x = shape.Layers[l].Reference(x, tensors, new ReferencePlace(data.Count, l, seed, Step: 0));
        }

        return (data.Quantity is null ? Losses(x).Losses : shape.Loss.Reference(x, _targets, data.Count).Losses).Values.Average();
    }

    /// <summary>The gradient of the mean loss of dense layers, in the layout of the parameters.</summary>
    internal double[] Gradient(double[] parameters)
    {
        var (outputs, kept) = Forward(parameters);
        var last = shape.Layers.Count - 1;
        var result = new double[parameters.Length];
        var dy = Reference64.ActivationBackward(
            shape.Layers[last].Activation, kept[last], Losses(outputs[last]).Gradient.Values).Values;
        for (var l = last; l >= 0; l--)
        {
            var (k, n) = (shape.Layers[l].Inputs, shape.Layers[l].Outputs);
            var x = l == 0 ? _inputs : outputs[l - 1];
            Reference64.MatMulWeightGradient(x, dy, data.Count, k, n).Values.CopyTo(result, shape.WeightOffset(l));
            Reference64.ColumnSum(dy, data.Count, n).Values.CopyTo(result, shape.BiasOffset(l));
            if (l > 0)
            {
                dy = Reference64.MatMulInputGradient(
                    dy, Weights(parameters, l), kept[l - 1], shape.Layers[l - 1].Activation, data.Count, k, n).Values;
            }
        }

        return result;
    }

    /// <summary>The outputs of each layer, and what the derivative of its activation is taken from.</summary>
    private (double[][] Outputs, double[][] Kept) Forward(double[] parameters)
    {
        var (outputs, kept) = (new double[shape.Layers.Count][], new double[shape.Layers.Count][]);
        for (var l = 0; l < outputs.Length; l++)
        {
            var sums = Reference64.MatMulForward(
                l == 0 ? _inputs : outputs[l - 1], Weights(parameters, l),
                parameters[shape.BiasOffset(l)..(shape.BiasOffset(l) + shape.BiasLength(l))],
                Activation.Identity, data.Count, shape.Layers[l].Inputs, shape.Layers[l].Outputs).Values;
            outputs[l] = Reference64.ActivationForward(shape.Layers[l].Activation, sums).Values;
            kept[l] = Reference64.ActivationKept(shape.Layers[l].Activation, sums);
        }

        return (outputs, kept);
    }

    private double[] Weights(double[] parameters, int layer) =>
        parameters[shape.WeightOffset(layer)..(shape.WeightOffset(layer) + shape.WeightLength(layer))];

    private LossReference Losses(double[] outputs) => shape.Loss.Reference(outputs, _labels, data.Count, shape.Outputs, settings ?? LossSettings.Plain);

    private static IEnumerable<double> Inputs(DataSet data, int sample, PixelScaling scaling) => data.AreFloats
        ? Floats(data, sample)[..data.Features].Select(value => (double)value)
        : data.Sample(sample).ToArray().Select(value => (value * (double)scaling.Scale) + scaling.Offset);

    private static float[] Floats(DataSet data, int sample) => MemoryMarshal.Cast<byte, float>(data.Sample(sample)).ToArray();

    /// <summary>Samples as the first epoch shuffles them: what a layer draws for a sample depends on its place in the batch.</summary>
    private static int[] Order(int count)
    {
        var order = new int[count];
        new TrainerOptions().FillOrder(order, epoch: 0);
        return order;
    }
}
