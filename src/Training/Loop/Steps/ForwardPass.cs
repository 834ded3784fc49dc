using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>
/// A network applied to batches of one size: the layers' outputs and the launches that fill them. Training, evaluation and
/// prediction all begin with it.
/// </summary>
internal sealed class ForwardPass : IDisposable
{
    private readonly DeviceBuffer<float>[] _outputs;
    private readonly DeviceBuffer<float>?[] _sums;
    private readonly DeviceBuffer<int> _labels;

    /// <summary>Allocates what the layers give, and prepares their launches.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="shape">The network.</param>
    /// <param name="parameters">Its weights and biases.</param>
    /// <param name="input">What the first layer reads.</param>
    /// <param name="learns">Whether a backward pass follows, for which layers keep their sums where their activations ask for them.</param>
    internal ForwardPass(ComputeAccelerator accelerator, NetworkShape shape, DeviceParameters parameters, StepInput input, bool learns)
    {
        Rows = input.Rows;
        Shape = shape;
        FirstLayer = FirstLayer.Create(accelerator, input, shape.Layers[0].Outputs);
        _labels = accelerator.Allocate<int>(Rows);
        _outputs = [.. shape.Layers.Select(layer => accelerator.Allocate<float>(Rows * layer.Outputs))];
        _sums = [.. shape.Layers.Select(layer =>
            learns && Activations.KeepsSum(layer.Activation) ? accelerator.Allocate<float>(Rows * layer.Outputs) : null)];
        Launch[] layers = [.. Prepare(accelerator, parameters)];
        var gather = FirstLayer.Gather(_labels);
        Launches = [gather, .. layers];
        HiddenLaunches = FirstLayer.NeedsGather ? [gather, .. layers[..^1]] : layers[..^1];
    }

    internal NetworkShape Shape { get; }

    internal int Rows { get; }

    internal FirstLayer FirstLayer { get; }

    internal DeviceView<int> Labels => _labels;

    /// <summary>Gather, then each layer.</summary>
    internal IReadOnlyList<Launch> Launches { get; }

    /// <summary>The same without the last layer, and without the gather where it would only fetch <see cref="Labels"/>.</summary>
    internal IReadOnlyList<Launch> HiddenLaunches { get; }

    /// <summary>What comes out of the last layer: rows x classes.</summary>
    internal DeviceView<float> Outputs => _outputs[^1];

    /// <summary>What comes out of a layer, after its activation: rows x outputs.</summary>
    internal DeviceView<float> Output(int layer) => _outputs[layer];

    /// <summary>What the derivative of a layer's activation is taken from: its sums where it asks for them, else its outputs.</summary>
    internal DeviceView<float> Kept(int layer) => _sums[layer] ?? _outputs[layer];

    private IEnumerable<Launch> Prepare(ComputeAccelerator accelerator, DeviceParameters parameters)
    {
        yield return FirstLayer.Forward(
            parameters.Weights(0), parameters.Biases(0), Shape.Layers[0].Activation, _outputs[0], _sums[0]?.View);
        for (var l = 1; l < Shape.Layers.Count; l++)
        {
            var layer = Shape.Layers[l];
            yield return MatMul.PrepareForward(
                accelerator, _outputs[l - 1], parameters.Weights(l), parameters.Biases(l), layer.Activation,
                Rows, layer.Inputs, layer.Outputs, _outputs[l], sums: _sums[l]?.View);
        }
    }

    public void Dispose()
    {
        foreach (var buffer in _outputs.Concat(_sums))
        {
            buffer?.Dispose();
        }

        _labels.Dispose();
        FirstLayer.Dispose();
    }
}
