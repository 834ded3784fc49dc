using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Devices.Simulator;

/// <summary>
/// The kernels themselves on ILGPU's CPU accelerator: for tests, for debugging and for <c>gpu check</c>. Every lane of a group is a thread, so
/// that it is slow.
/// </summary>
public sealed class SimulatorAccelerator : ComputeAccelerator
{
    private readonly KernelSimulator _kernels;

    /// <summary>Makes an accelerator; threads are started when first needed.</summary>
    /// <param name="strict">
    /// Whether fresh memory is filled with NaN (all bits set) and guarded on both sides; a guard that was overwritten throws when the buffer is
    /// disposed of.
    /// </param>
    public SimulatorAccelerator(bool strict = false) => (_kernels, Strict) = (new KernelSimulator(this), strict);

    /// <summary>Whether memory is guarded.</summary>
    public bool Strict { get; }

    /// <inheritdoc/>
    public override string Id => DeviceDiscovery.Name(Kind);

    /// <inheritdoc/>
    public override string Name => ProcessorInfo.Name;

    /// <inheritdoc/>
    public override AcceleratorKind Kind => AcceleratorKind.Simulator;

    /// <inheritdoc/>
    public override DeviceTraits Traits { get; } = new(
        IsGpu: false, ComputeUnits: 1, KernelSimulator.LargestGroup, KernelSimulator.SharedBytes, GroupLanes: 1, ProcessorInfo.Vendor);

    /// <inheritdoc/>
    public override DeviceMemory Memory => ProcessorInfo.Memory(AllocatedBytes);

    /// <inheritdoc/>
    public override DeviceBuffer<T> Allocate<T>(int length) => new CpuBuffer<T>(this, length, Strict);

    /// <inheritdoc/>
    public override Launch Prepare(Delegate kernel, LaunchShape shape, params KernelArgument[] arguments) =>
        _kernels.Prepare(kernel, shape, arguments);

    /// <inheritdoc/>
    public override void Synchronize()
    {
        // Launches have ended when Run returns.
    }

    /// <inheritdoc/>
    public override double Measure(Launch launch, int repeats) => MeasureOnHost(launch, repeats);

    /// <inheritdoc/>
    public override void Dispose()
    {
        ReleaseKept();
        _kernels.Dispose();
    }
}
