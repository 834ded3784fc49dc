using System.Numerics.Tensors;
using Gpu.Training.Augmentation;
using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>
/// One step of a network on the host, layer after layer and each looked at, to see where its numbers went wrong. It runs the layers themselves,
/// so it knows no kind of them.
/// </summary>
/// <param name="shape">The network.</param>
/// <param name="parameters">Its slab before the step, all finite.</param>
/// <param name="data">Where the samples are.</param>
/// <param name="options">How it learns.</param>
internal sealed class HostNetwork(NetworkShape shape, float[] parameters, DataSet data, TrainerOptions options)
{
    /// <summary>Samples that are looked at together where a whole data set is.</summary>
    private const int Batch = 256;

    /// <summary>Names what is NaN or infinite first in a step: forward, the loss, then the gradients from the last layer to the first.</summary>
    /// <param name="samples">The samples of the step.</param>
    /// <param name="globalStep">The step, counted from the start of the run.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>Words such as <c>the gradient of layer 2</c>, layers counted from 1; null where all is finite.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal string? FirstBad(ReadOnlySpan<int> samples, int globalStep, int epoch, CancellationToken cancellation)
    {
        using var pass = new HostPass(shape, parameters, samples.Length, new HostStep(options.Seed, globalStep));
        var seen = options.Augmentation is { } augmentation ? AugmentedSamples.Make(augmentation, data, samples, options.Seed, epoch) : data.Select(samples);
        pass.Read(seen, [.. Enumerable.Range(0, seen.Count)], options.Scaling);
        for (var layer = 0; layer < shape.Layers.Count; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!pass.Forward(layer).All(float.IsFinite))
            {
                return $"the outputs of layer {layer + 1}";
            }
        }

        var losses = pass.Losses(skipsCorrect: options.SkipCorrectAfter is { } after && globalStep >= after, options.Loss);
        return losses.All(float.IsFinite) ? FirstBadGradient(pass, cancellation) : $"the loss behind layer {shape.Layers.Count}";
    }

    /// <summary>Names what is NaN or infinite for the first sample of the data for which something is; where nothing is, their loss.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal string FirstBadOutput(CancellationToken cancellation)
    {
        for (var first = 0; first < data.Count; first += Batch)
        {
            int[] samples = [.. Enumerable.Range(first, Math.Min(Batch, data.Count - first))];
            using var pass = new HostPass(shape, parameters, samples.Length, step: null);
            pass.Read(data, samples, options.Scaling);
            cancellation.ThrowIfCancellationRequested();
            var bad = shape.Layers.Select((layer, l) => (At: Array.FindIndex(pass.Forward(l), value => !float.IsFinite(value)), layer.Outputs, Layer: l + 1))
                .Where(found => found.At >= 0).ToList();
            if (bad.Count > 0)
            {
                return $"the outputs of layer {bad.MinBy(found => (found.At / found.Outputs, found.Layer)).Layer}";
            }
        }

        return $"the loss behind layer {shape.Layers.Count}";
    }

    /// <summary>The first layer, from the last one back, with a gradient that is not finite, or the norm of all of them.</summary>
    private string? FirstBadGradient(HostPass pass, CancellationToken cancellation)
    {
        var squares = 0f;
        for (var layer = shape.Layers.Count - 1; layer >= 0; layer--)
        {
            cancellation.ThrowIfCancellationRequested();
            var gradient = pass.Gradient(layer);
            if (!gradient.All(float.IsFinite))
            {
                return $"the gradient of layer {layer + 1}";
            }

            squares += TensorPrimitives.SumOfSquares(gradient);
        }

        return options.IsControlled && !float.IsFinite(squares) ? "the norm of the gradient" : null;
    }
}
