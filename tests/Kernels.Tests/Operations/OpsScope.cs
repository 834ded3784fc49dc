using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

/// <summary>Buffers of one test on one accelerator.</summary>
internal sealed class OpsScope(ComputeAccelerator accelerator) : IDisposable
{
    private readonly List<IDisposable> _buffers = [];

    public ComputeAccelerator Accelerator => accelerator;

    public DeviceBuffer<T> Of<T>(params T[] values) where T : unmanaged
    {
        var buffer = accelerator.Allocate<T>(values.Length);
        _buffers.Add(buffer);
        buffer.CopyFrom(values);
        return buffer;
    }

    public DeviceBuffer<float> Floats(int length) => Of(new float[length]);

    public DeviceBuffer<int> Ints(int length) => Of(new int[length]);

    /// <summary>A cursor at a step of the epoch, and of the run; all the rest is 0.</summary>
    public DeviceBuffer<int> Cursor(int step = 0, int globalStep = 0)
    {
        var cursor = new int[StepCursor.Length];
        (cursor[StepCursor.Step], cursor[StepCursor.GlobalStep]) = (step, globalStep);
        return Of(cursor);
    }

    public void Dispose() => _buffers.ForEach(b => b.Dispose());
}
