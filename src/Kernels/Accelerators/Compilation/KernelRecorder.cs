using Gpu.Kernels.Accelerators.Cpu;

namespace Gpu.Kernels.Accelerators;

/// <summary>
/// A graphics processor that runs nothing: it notes the kernels that operations prepare on it, so that they can be compiled without a device.
/// </summary>
internal sealed class KernelRecorder : ComputeAccelerator
{
    private readonly HashSet<(KernelMethod Kernel, int Lanes)> _kernels = [];

    /// <summary>The kernels so far, each with the lanes of its groups, or 0 where it leaves them open.</summary>
    internal IReadOnlyCollection<(KernelMethod Kernel, int Lanes)> Kernels => _kernels;

    /// <inheritdoc/>
    public override string Id => "recorder";

    /// <inheritdoc/>
    public override string Name => "notes kernels";

    /// <inheritdoc/>
    public override AcceleratorKind Kind => AcceleratorKind.Cuda;

    /// <inheritdoc/>
    public override DeviceTraits Traits { get; } = new(
        IsGpu: true, ComputeUnits: 132, LargestGroup: 1024, SharedMemoryBytes: 48 * 1024, GroupLanes: 32, Vendor: "none");

    /// <inheritdoc/>
    public override DeviceMemory Memory => ProcessorInfo.Memory(AllocatedBytes);

    /// <inheritdoc/>
    public override DeviceBuffer<T> Allocate<T>(int length) => new CpuBuffer<T>(this, length, strict: false);

    /// <inheritdoc/>
    public override Launch Prepare(Delegate kernel, LaunchShape shape, params KernelArgument[] arguments)
    {
        var method = KernelMethod.Of(kernel);
        KernelBinding.Check(method, shape, arguments);
        _kernels.Add((method, shape.GroupX * shape.GroupY));
        return new Noted(method.Name);
    }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        // Nothing runs.
    }

    /// <inheritdoc/>
    public override double Measure(Launch launch, int repeats) => throw new NotSupportedException("Nothing runs, so there is nothing to measure.");

    /// <inheritdoc/>
    public override void Dispose() => ReleaseKept();

    private sealed class Noted(string name) : Launch(name)
    {
        public override void Run()
        {
            // Nothing runs.
        }
    }
}
