using Gpu.Kernels.Devices;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>
/// Numbers shaped like a network's parameters, in one buffer: all weights, layer by layer (inputs x outputs, row-major), then
/// all biases. Parameters, gradients and optimizer state each are one of these.
/// </summary>
internal sealed class DeviceParameters : IDisposable
{
    private readonly NetworkShape _shape;

    internal DeviceParameters(ComputeAccelerator accelerator, NetworkShape shape)
    {
        _shape = shape;
        Buffer = accelerator.Allocate<float>(shape.ParameterCount);
    }

    internal DeviceBuffer<float> Buffer { get; }

    /// <summary>The weights of a layer: inputs x outputs.</summary>
    internal DeviceView<float> Weights(int layer) =>
        Buffer.View.Slice(_shape.WeightOffset(layer), _shape.WeightLength(layer));

    /// <summary>The biases of a layer.</summary>
    internal DeviceView<float> Biases(int layer) => Buffer.View.Slice(_shape.BiasOffset(layer), _shape.BiasLength(layer));

    public void Dispose() => Buffer.Dispose();
}
