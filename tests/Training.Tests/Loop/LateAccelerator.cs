using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Simulator;

namespace Gpu.Training.Tests.Loop;

/// <summary>
/// A device with a queue, which does what it was asked only when somebody waits for it, as late as it may: host memory that is reused too early
/// shows. A sequence is one call, and sequences join, as they do where CUDA graphs are chosen.
/// </summary>
internal sealed class LateAccelerator : ComputeAccelerator
{
    private readonly SimulatorAccelerator _simulator = new();
    private readonly Queue<Action> _queue = [];

    public override string Id => "late:0";

    public override string Name => "late";

    public override AcceleratorKind Kind => AcceleratorKind.Cuda;

    public override DeviceTraits Traits { get; } = new(IsGpu: false, ComputeUnits: 4, LargestGroup: 32, SharedMemoryBytes: 48 * 1024, GroupLanes: 32, "none");

    public override DeviceMemory Memory => new(MemoryBytes, MemoryBytes - AllocatedBytes, MemoryBytes, AllocatedBytes);

    public override bool JoinsSequences => true;

    /// <summary>Bytes of memory that the device has.</summary>
    internal long MemoryBytes { get; init; } = 1L << 30;

    /// <summary>Sequences that were run.</summary>
    internal int Calls { get; private set; }

    public override DeviceBuffer<T> Allocate<T>(int length) => new Buffer<T>(this, length);

    public override HostBuffer<T> AllocateHost<T>(int length) => new Host<T>(this, length);

    public override Launch Prepare(Delegate kernel, LaunchShape shape, params KernelArgument[] arguments) => new Work(this,
        [_simulator.Prepare(kernel, shape, [.. arguments.Select(a => a.Value is IDeviceView { BufferObject: IInner inner } view ? inner.Of(view) : a)])], isCall: false);

    public override Launch Sequence(string name, IReadOnlyList<Launch> launches) => new Work(this, launches, isCall: true);

    public override Launch Independent(string name, IReadOnlyList<Launch> launches) => new Work(this, launches, isCall: false);

    public override void Synchronize()
    {
        while (_queue.TryDequeue(out var work))
        {
            work();
        }
    }

    public override double Measure(Launch launch, int repeats) => throw new NotSupportedException();

    public override void Dispose()
    {
        Synchronize();
        ReleaseKept();
        _simulator.Dispose();
    }

    private interface IInner
    {
        KernelArgument Of(IDeviceView view);
    }

    private sealed class Work(LateAccelerator owner, IReadOnlyList<Launch> parts, bool isCall) : Launch("work")
    {
        public override int LaunchCount => parts.Sum(part => part.LaunchCount);

        public override void Run()
        {
            owner.Calls += isCall ? 1 : 0;
            owner._queue.Enqueue(RunParts);
        }

        private void RunParts()
        {
            foreach (var part in parts)
            {
                if (part is Work work)
                {
                    work.RunParts();
                }
                else
                {
                    part.Run();
                }
            }
        }
    }

    private sealed class Host<T>(LateAccelerator owner, int length) : HostBuffer<T> where T : unmanaged
    {
        private readonly T[] _values = new T[length];

        public override int Length => length;

        public override Span<T> Span => _values;

        public override void WaitForUploads() => owner.Synchronize();

        public override void Dispose() => owner.Synchronize();
    }

    private sealed class Buffer<T> : DeviceBuffer<T>, IInner where T : unmanaged
    {
        private readonly LateAccelerator _owner;
        private readonly DeviceBuffer<T> _inner;

        internal Buffer(LateAccelerator owner, int length)
        {
            (_owner, _inner) = (owner, owner._simulator.Allocate<T>(length));
            owner.Count(Bytes);
        }

        public override int Length => _inner.Length;

        public override ComputeAccelerator Accelerator => _owner;

        private unsafe long Bytes => (long)Length * sizeof(T);

        public override void CopyFrom(ReadOnlySpan<T> source, int offset = 0)
        {
            var kept = source.ToArray();
            _owner._queue.Enqueue(() => _inner.CopyFrom(kept, offset));
        }

        public override void Upload(HostBuffer<T> source, int sourceOffset, int count, int offset) =>
            _owner._queue.Enqueue(() => _inner.CopyFrom(source.Span.Slice(sourceOffset, count), offset));

        public override void CopyTo(Span<T> destination, int offset = 0)
        {
            _owner.Synchronize();
            _inner.CopyTo(destination, offset);
        }

        public override void Dispose()
        {
            _owner.Synchronize();
            _owner.Count(-Bytes);
            _inner.Dispose();
        }

        public KernelArgument Of(IDeviceView view) => new DeviceView<T>(_inner, view.Offset, view.Length);
    }
}
