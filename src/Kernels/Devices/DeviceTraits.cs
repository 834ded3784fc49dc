namespace Gpu.Kernels.Devices;

/// <summary>What kernels are tuned by. The same for every device of a model, so that choices made from it repeat.</summary>
/// <param name="IsGpu">Whether it is a graphics processor, through whichever driver.</param>
/// <param name="ComputeUnits">Compute units (multiprocessors); on the CPU, threads of the team.</param>
/// <param name="LargestGroup">The most lanes of a group.</param>
/// <param name="SharedMemoryBytes">Bytes of shared memory that a group has without asking for more.</param>
/// <param name="GroupLanes">Lanes that run in lock step: 32 on NVIDIA, 32 or 64 on AMD, 1 on processors.</param>
/// <param name="Vendor">Who made the device, as the driver writes it.</param>
public sealed record DeviceTraits(
    bool IsGpu, int ComputeUnits, int LargestGroup, int SharedMemoryBytes, int GroupLanes, string Vendor);

/// <summary>The memory of a device at one moment.</summary>
/// <param name="TotalBytes">Bytes that the device has.</param>
/// <param name="FreeBytes">Bytes that nobody uses, or null where the driver does not say.</param>
/// <param name="LargestAllocationBytes">Bytes of the largest single buffer.</param>
/// <param name="AllocatedBytes">Bytes of this accelerator's open buffers.</param>
public readonly record struct DeviceMemory(long TotalBytes, long? FreeBytes, long LargestAllocationBytes, long AllocatedBytes)
{
    /// <summary>Bytes that may still be taken; where the driver does not say, those that this accelerator has not taken itself.</summary>
    public long AvailableBytes => FreeBytes ?? (TotalBytes - AllocatedBytes);
}
