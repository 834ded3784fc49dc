using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Devices;

/// <summary>
/// A device that runs nothing: it notes the kernels that operations prepare on it, so that they can be compiled without a device.
/// </summary>
/// <param name="isGpu">Whether it passes for a graphics processor, or for a processor behind a driver.</param>
internal sealed class KernelRecorder(bool isGpu = true) : ComputeAccelerator
{
    private readonly HashSet<(KernelMethod Kernel, int Lanes)> _kernels = [];

    /// <summary>The kernels so far, each with the lanes of its groups, or 0 where it leaves them open.</summary>
    internal IReadOnlyCollection<(KernelMethod Kernel, int Lanes)> Kernels => _kernels;

    /// <inheritdoc/>
    public override string Id => "recorder";

    /// <inheritdoc/>
    public override string Name => "notes kernels";

    /// <inheritdoc/>
    public override AcceleratorKind Kind => AcceleratorKind.OpenCl;

    /// <inheritdoc/>
    public override DeviceTraits Traits { get; } = new(
        isGpu, ComputeUnits: 132, LargestGroup: 1024, SharedMemoryBytes: 48 * 1024, GroupLanes: isGpu ? 32 : 1, Vendor: "none");

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
