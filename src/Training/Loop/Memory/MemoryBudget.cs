using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Training.Loop;

/// <summary>The memory that a run may take.</summary>
/// <param name="Device">Bytes that are free on the device.</param>
/// <param name="LargestBuffer">Bytes of the largest buffer that the device gives out.</param>
/// <param name="Host">Bytes that are free on the host.</param>
/// <param name="IsShared">Whether the device works in the host's memory: the processor, through whichever driver.</param>
public readonly record struct MemoryBudget(long Device, long LargestBuffer, long Host, bool IsShared)
{
    /// <summary>Of what is free, the share that may be planned with: drivers and the program itself take some, too.</summary>
    private const double Share = 0.95;

    /// <summary>Bytes that are free where the device keeps its buffers.</summary>
    public long Free => IsShared ? Math.Min(Device, Host) : Device;

    /// <summary>What a device and the machine have at this moment.</summary>
    public static MemoryBudget Of(ComputeAccelerator accelerator)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        var memory = accelerator.Memory;
        return new MemoryBudget(memory.AvailableBytes, memory.LargestAllocationBytes, HostMemory.FreeBytes(), !accelerator.Traits.IsGpu);
    }

    /// <summary>The same with memory that the run has taken already, and that its estimate counts.</summary>
    public MemoryBudget With(long taken) => this with { Host = Host + taken, Device = IsShared ? Device + taken : Device };

    /// <summary>Whether a run fits.</summary>
    public bool Holds(MemoryEstimate estimate)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        return estimate.IsCountable && estimate.LargestBuffer <= LargestBuffer && (IsShared
            ? estimate.DeviceBytes + estimate.HostBytes <= Share * Free
            : estimate.DeviceBytes <= Share * Device && estimate.HostBytes <= Share * Host);
    }
}
