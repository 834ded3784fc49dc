using Gpu.Kernels.Devices;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>
/// Numbers shaped like a network's parameters, in one buffer, in the order of <see cref="NetworkShape.Tensors"/>. Parameters, gradients and optimizer state each are one of these.
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

    /// <summary>What of it an optimizer changes.</summary>
    internal DeviceView<float> Learned => Buffer.View.Slice(0, _shape.LearnedCount);

    /// <summary>What of it is measured and not learned.</summary>
    internal DeviceView<float> Statistics => Buffer.View.Slice(_shape.LearnedCount, _shape.ParameterCount - _shape.LearnedCount);

    /// <summary>The tensors of a layer, in its own order.</summary>
    internal IReadOnlyList<DeviceView<float>> Of(int layer) =>
        [.. _shape.TensorsOf(layer).Select(tensor => Buffer.View.Slice(tensor.Offset, tensor.Length))];

    public void Dispose() => Buffer.Dispose();
}
