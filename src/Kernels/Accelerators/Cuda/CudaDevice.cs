namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>An NVIDIA device as its driver describes it, usable or not.</summary>
public sealed record CudaDevice
{
    private const string NvidiaVendor = "NVIDIA Corporation";

    /// <summary>Its number: <c>cuda:0</c> is the first.</summary>
    public required int Index { get; init; }

    /// <summary>The device's name.</summary>
    public required string Name { get; init; }

    /// <summary>The driver's version, with the version of CUDA that it has.</summary>
    public required string DriverVersion { get; init; }

    /// <summary>Compute capability: 90 is 9.0.</summary>
    public required int Capability { get; init; }

    /// <summary>Bytes of memory.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Bytes of shared memory that a group has without asking for more.</summary>
    public required int SharedMemoryBytes { get; init; }

    /// <summary>Multiprocessors.</summary>
    public required int Multiprocessors { get; init; }

    /// <summary>The most lanes of a group.</summary>
    public required int LargestGroup { get; init; }

    /// <summary>Lanes that run in lock step.</summary>
    public required int WarpLanes { get; init; }

    /// <summary>Null where it can be used, else the reason why not.</summary>
    public required string? Problem { get; init; }

    /// <summary>How the driver names it in calls.</summary>
    internal int Handle { get; init; }

    internal CudaDriver Driver { get; init; } = null!;

    /// <summary>The compiler; null where there is a problem.</summary>
    internal Nvrtc? Nvrtc { get; init; }

    /// <summary>What kernels are tuned by.</summary>
    internal DeviceTraits Traits => new(IsGpu: true, Multiprocessors, LargestGroup, SharedMemoryBytes, WarpLanes, NvidiaVendor);

    /// <summary>The same for <see cref="DeviceDiscovery"/>.</summary>
    internal FoundDevice ToFound() => new($"cuda:{Index}", Name, NvidiaVendor, DeviceClass.Gpu, DriverVersion,
        $"compute capability {Capability / 10}.{Capability % 10}", MemoryBytes, Multiprocessors, Problem);
}
