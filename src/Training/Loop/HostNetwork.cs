using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>One step of a network on the host, sample by sample, to look into it where its numbers went wrong: slow, and seldom.</summary>
/// <param name="shape">The network.</param>
/// <param name="parameters">Its slab before the step, all finite.</param>
/// <param name="data">Where the samples are.</param>
/// <param name="options">How it learns.</param>
internal sealed class HostNetwork(NetworkShape shape, float[] parameters, DataSet data, TrainerOptions options)
{
    private readonly int _last = shape.Layers.Count - 1;

    /// <summary>Names what is NaN or infinite first in a step: forward, the loss, then the gradients from the last layer to the first.</summary>
    /// <param name="samples">The samples of the step.</param>
    /// <param name="globalStep">The step, counted from the start of the run.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>Words such as <c>the gradient of layer 2</c>, layers counted from 1; null where all is finite.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal string? FirstBad(ReadOnlySpan<int> samples, int globalStep, CancellationToken cancellation)
    {
        var outputs = new float[samples.Length * shape.Outputs];
        if (FirstBadLayer(samples, outputs, cancellation) is { } layer)
        {
            return $"the outputs of layer {layer + 1}";
        }

        var labels = new int[samples.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = data.Labels[samples[i]];
        }

        var (losses, correct, gradient) = LossOf(outputs, labels);
        if (!losses.All(float.IsFinite))
        {
            return $"the loss behind layer {shape.Layers.Count}";
        }

        var skips = options.SkipCorrectAfter is { } after && globalStep >= after;
        var sums = new float[shape.ParameterCount];
        for (var i = 0; i < samples.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!(skips && correct[i] != 0))
            {
                AddGradient(samples[i], gradient.AsSpan(i * shape.Outputs, shape.Outputs).ToArray(), sums);
            }
        }

        return FirstBadGradient(sums);
    }

    /// <summary>Names what is NaN or infinite for the first sample of the data for which something is; where nothing is, their loss.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal string FirstBadOutput(CancellationToken cancellation)
    {
        for (var sample = 0; sample < data.Count; sample++)
        {
            cancellation.ThrowIfCancellationRequested();
            var values = Forward(sample);
            if (Array.FindIndex(values, 1, layer => !layer.All(float.IsFinite)) is > 0 and var bad)
            {
                return $"the outputs of layer {bad}";
            }
        }

        return $"the loss behind layer {shape.Layers.Count}";
    }

    /// <summary>The first layer that gives NaN or infinity for some of the samples; fills in the outputs of the last, a row a sample.</summary>
    private int? FirstBadLayer(ReadOnlySpan<int> samples, float[] outputs, CancellationToken cancellation)
    {
        var worst = shape.Layers.Count;
        for (var i = 0; i < samples.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var values = Forward(samples[i]);
            for (var layer = 0; layer < worst; layer++)
            {
                worst = values[layer + 1].All(float.IsFinite) ? worst : layer;
            }

            values[^1].CopyTo(outputs, i * shape.Outputs);
        }

        return worst <= _last ? worst : null;
    }

    /// <summary>The inputs of a sample, then the outputs of each layer.</summary>
    private float[][] Forward(int sample)
    {
        var values = new float[shape.Layers.Count + 1][];
        values[0] = Inputs(data.Sample(sample));

        for (var layer = 0; layer <= _last; layer++)
        {
            values[layer + 1] = [.. Sums(layer, values[layer]).Select(sum => Activations.Apply(shape.Layers[layer].Activation, sum))];
        }

        return values;
    }

    private float[] Inputs(ReadOnlySpan<byte> bytes)
    {
        if (data.AreFloats)
        {
            return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        }

        var inputs = new float[bytes.Length];
        for (var k = 0; k < inputs.Length; k++)
        {
            inputs[k] = (bytes[k] * options.Scaling.Scale) + options.Scaling.Offset;
        }

        return inputs;
    }

    /// <summary>What a layer gives before its activation.</summary>
    private float[] Sums(int layer, float[] x)
    {
        var sums = parameters.AsSpan(shape.BiasOffset(layer), shape.BiasLength(layer)).ToArray();
        for (var k = 0; k < x.Length; k++)
        {
            if (x[k] != 0)
            {
                TensorPrimitives.MultiplyAdd(Weights(layer, k), x[k], sums, sums);
            }
        }

        return sums;
    }

    /// <summary>The losses of a batch, which samples are right, and the gradient by the outputs, (samples, classes) as they are.</summary>
    private (float[] Losses, int[] Correct, float[] Gradient) LossOf(float[] outputs, int[] labels)
    {
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var y = cpu.Allocate<float>(outputs.Length);
        using var gradient = cpu.Allocate<float>(outputs.Length);
        using var losses = cpu.Allocate<float>(labels.Length);
        using var targets = cpu.Allocate<int>(labels.Length);
        using var correct = cpu.Allocate<int>(labels.Length);
        y.CopyFrom(outputs);
        targets.CopyFrom(labels);
        LossLayer.Prepare(cpu, shape.Loss, new(y, targets, labels.Length, shape.Outputs, losses, correct, gradient.View)).Run();
        return (losses.ToArray(), correct.ToArray(), gradient.ToArray());
    }

    /// <summary>Adds the gradient of one sample by the parameters.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="dy">The gradient by the network's outputs.</param>
    /// <param name="sums">The slab that is added to.</param>
    private void AddGradient(int sample, float[] dy, float[] sums)
    {
        var values = Forward(sample);
        for (var layer = _last; layer >= 0; layer--)
        {
            var (x, activation) = (values[layer], shape.Layers[layer].Activation);
            var kept = Activations.KeepsSum(activation) ? Sums(layer, x) : values[layer + 1];
            for (var j = 0; j < dy.Length; j++)
            {
                dy[j] *= Activations.Derivative(activation, kept[j]);
            }

            var biases = sums.AsSpan(shape.BiasOffset(layer), dy.Length);
            TensorPrimitives.Add(biases, dy, biases);
            var dx = new float[x.Length];
            for (var k = 0; k < x.Length; k++)
            {
                if (x[k] != 0)
                {
                    var row = sums.AsSpan(shape.WeightOffset(layer) + (k * dy.Length), dy.Length);
                    TensorPrimitives.MultiplyAdd(dy, x[k], row, row);
                }

                dx[k] = layer == 0 ? 0 : TensorPrimitives.Dot(Weights(layer, k), dy);
            }

            dy = dx;
        }
    }

    /// <summary>The first layer, from the last one back, with a gradient that is not finite, or the norm of all of them.</summary>
    private string? FirstBadGradient(float[] sums)
    {
        for (var layer = _last; layer >= 0; layer--)
        {
            // The largest magnitude of numbers with NaN among them is NaN.
            var weight = TensorPrimitives.MaxMagnitude(sums.AsSpan(shape.WeightOffset(layer), shape.WeightLength(layer)));
            var bias = TensorPrimitives.MaxMagnitude(sums.AsSpan(shape.BiasOffset(layer), shape.BiasLength(layer)));
            if (!(float.IsFinite(weight) && float.IsFinite(bias)))
            {
                return $"the gradient of layer {layer + 1}";
            }
        }

        return options.IsControlled && !float.IsFinite(TensorPrimitives.SumOfSquares(sums)) ? "the norm of the gradient" : null;
    }

    private ReadOnlySpan<float> Weights(int layer, int input)
    {
        var outputs = shape.Layers[layer].Outputs;
        return parameters.AsSpan(shape.WeightOffset(layer) + (input * outputs), outputs);
    }
}
