using Gpu.Kernels.Devices;

namespace Gpu.Training.Tests.Loop;

/// <summary>A device that counts what the host asks of it.</summary>
internal sealed class CountingAccelerator(ComputeAccelerator inner) : ComputeAccelerator
{
    public override string Id => inner.Id;

    public override string Name => inner.Name;

    public override AcceleratorKind Kind => inner.Kind;

    public override DeviceTraits Traits => inner.Traits;

    public override DeviceMemory Memory => inner.Memory;

    /// <summary>Copies from the device to the host so far.</summary>
    internal int Reads { get; private set; }

    /// <summary>Kernels prepared so far.</summary>
    internal int Prepared { get; private set; }

    /// <summary>Bytes of samples and labels, all that is kept as bytes, that were copied to the device so far.</summary>
    internal long SampleBytes { get; private set; }

    public override DeviceBuffer<T> Allocate<T>(int length) => new Buffer<T>(this, inner.Allocate<T>(length));

    public override HostBuffer<T> AllocateHost<T>(int length) => inner.AllocateHost<T>(length);

    public override Launch Prepare(Delegate kernel, LaunchShape shape, params KernelArgument[] arguments)
    {
        Prepared++;
        return inner.Prepare(
            kernel, shape, [.. arguments.Select(a => a.Value is IDeviceView { BufferObject: IWrapper wrapper } view ? wrapper.Unwrap(view) : a)]);
    }

    public override Launch Sequence(string name, IReadOnlyList<Launch> launches) => inner.Sequence(name, launches);

    public override Launch Independent(string name, IReadOnlyList<Launch> launches) => inner.Independent(name, launches);

    public override void Synchronize() => inner.Synchronize();

    public override double Measure(Launch launch, int repeats) => inner.Measure(launch, repeats);

    public override void Dispose()
    {
        // The device outlives what counts on it.
    }

    private interface IWrapper
    {
        KernelArgument Unwrap(IDeviceView view);
    }

    private sealed class Buffer<T>(CountingAccelerator owner, DeviceBuffer<T> buffer) : DeviceBuffer<T>, IWrapper where T : unmanaged
    {
        public override int Length => buffer.Length;

        public override ComputeAccelerator Accelerator => owner;

        public override void CopyFrom(ReadOnlySpan<T> source, int offset = 0)
        {
            owner.SampleBytes += typeof(T) == typeof(byte) ? source.Length : 0;
            buffer.CopyFrom(source, offset);
        }

        public override void Upload(HostBuffer<T> source, int sourceOffset, int count, int offset) =>
            buffer.Upload(source, sourceOffset, count, offset);

        public override void CopyTo(Span<T> destination, int offset = 0)
        {
            owner.Reads++;
            buffer.CopyTo(destination, offset);
        }

        public override void Dispose() => buffer.Dispose();

        public KernelArgument Unwrap(IDeviceView view) => new DeviceView<T>(buffer, view.Offset, view.Length);
    }
}
