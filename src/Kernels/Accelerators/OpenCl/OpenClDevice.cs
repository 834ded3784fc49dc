using Gpu.Kernels.Accelerators.Cpu;

namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>A device of an OpenCL platform, usable or not.</summary>
public sealed record OpenClDevice
{
    /// <summary>Its number: <c>opencl:0</c> is the first, GPUs before others.</summary>
    public int Index { get; init; }

    /// <summary>The device's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required DeviceClass Class { get; init; }

    /// <summary>The platform: a driver's name for itself.</summary>
    public required string Platform { get; init; }

    /// <summary>The platform's version.</summary>
    public required string PlatformVersion { get; init; }

    /// <summary>Who made the device.</summary>
    public required string Vendor { get; init; }

    /// <summary>The driver's version.</summary>
    public required string DriverVersion { get; init; }

    /// <summary>The version of OpenCL that the device has, as it writes it: <c>OpenCL 1.2 ...</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Bytes of memory.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Bytes of the largest single allocation.</summary>
    public required long LargestAllocationBytes { get; init; }

    /// <summary>Bytes of shared memory that a group has.</summary>
    public required long SharedMemoryBytes { get; init; }

    /// <summary>Compute units.</summary>
    public required int ComputeUnits { get; init; }

    /// <summary>The most lanes of a group.</summary>
    public required int LargestGroup { get; init; }

    /// <summary>Lanes that run in lock step.</summary>
    public required int GroupLanes { get; init; }

    /// <summary>Null where it can be used, else the reason why not.</summary>
    public required string? Problem { get; init; }

    /// <summary>Whether division and square root of floats can be had correctly rounded.</summary>
    internal bool RoundsDivisionCorrectly { get; init; }

    /// <summary>What kernels are tuned by.</summary>
    internal DeviceTraits Traits =>
        new(Class == DeviceClass.Gpu, ComputeUnits, LargestGroup, (int)Math.Min(SharedMemoryBytes, int.MaxValue), GroupLanes, Vendor);

    internal OpenClLibrary Library { get; init; } = null!;

    internal nint PlatformHandle { get; init; }

    internal nint Handle { get; init; }

    /// <summary>
    /// Bytes that are free now: of a processor those of the system, of a graphics processor where its driver has a way to say so
    /// (extension cl_amd_device_attribute_query).
    /// </summary>
    internal long? FreeMemoryBytes() => Class == DeviceClass.Cpu ? ProcessorInfo.FreeMemoryBytes()
        : new OpenClInfo(Library.Native, Handle).TryNumber(OpenClInfo.AmdFreeMemory) * 1024;
}
