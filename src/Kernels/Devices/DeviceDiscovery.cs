using Gpu.Kernels.Devices.Cuda;
using Gpu.Kernels.Devices.OpenCl;

namespace Gpu.Kernels.Devices;

/// <summary>What a device is, whichever driver offers it.</summary>
public enum DeviceClass
{
    /// <summary>A graphics processor.</summary>
    Gpu,

    /// <summary>Another accelerator.</summary>
    Other,

    /// <summary>The processor, through a driver.</summary>
    Cpu,
}

/// <summary>A library that a backend was, or was not, found in.</summary>
/// <param name="Name">The name or path that it was looked for by.</param>
/// <param name="Outcome">"loaded", "not found", or what is wrong with the file.</param>
public sealed record LibraryAttempt(string Name, string Outcome);

/// <summary>A device that a backend names, usable or not.</summary>
/// <param name="Id">How the command line names it: <c>opencl:0</c>, <c>cuda:0</c>.</param>
/// <param name="Name">What the driver calls it.</param>
/// <param name="Vendor">Who made it.</param>
/// <param name="Class">What it is.</param>
/// <param name="DriverVersion">The driver's version.</param>
/// <param name="Version">What it can do, as its backend counts: <c>OpenCL 3.0 ...</c>, <c>compute capability 9.0</c>.</param>
/// <param name="MemoryBytes">Bytes of memory.</param>
/// <param name="ComputeUnits">Compute units (multiprocessors).</param>
/// <param name="Problem">Null where it can be used, else the reason why not, without a full stop.</param>
public sealed record FoundDevice(
    string Id, string Name, string Vendor, DeviceClass Class, string DriverVersion, string Version, long MemoryBytes, int ComputeUnits,
    string? Problem);

/// <summary>What one backend found.</summary>
/// <param name="Kind">The backend.</param>
/// <param name="Attempts">The libraries that were looked for, in order.</param>
/// <param name="Devices">Every device, usable or not, in the order of their numbers.</param>
/// <param name="Problem">Null where a device can be used, else one sentence that says what is missing and what to do.</param>
public sealed record BackendDiscovery(
    AcceleratorKind Kind, IReadOnlyList<LibraryAttempt> Attempts, IReadOnlyList<FoundDevice> Devices, string? Problem)
{
    /// <summary>What is amiss besides, a clause each: drivers that name no device, fail, or are registered and missing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Every device besides the processor, and the story of how it was found or not.</summary>
/// <param name="Backends">Those of <see cref="Kinds"/>.</param>
public sealed record DeviceDiscovery(IReadOnlyList<BackendDiscovery> Backends)
{
    /// <summary>The devices of all backends, usable or not.</summary>
    public IEnumerable<FoundDevice> Devices => Backends.SelectMany(backend => backend.Devices);

    /// <summary>The backends that are looked for.</summary>
    public static IReadOnlyList<AcceleratorKind> Kinds { get; } = [AcceleratorKind.Cuda, AcceleratorKind.OpenCl];

    /// <summary>Looks for devices through every backend; what is missing is a finding and never an exception.</summary>
    public static DeviceDiscovery Run() => new([.. Kinds.Select(Run)]);

    /// <summary>Looks for the devices of one backend, without starting the drivers of the others.</summary>
    public static BackendDiscovery Run(AcceleratorKind kind) => kind switch
    {
        AcceleratorKind.Cuda => CudaDiscovery.Run(),
        AcceleratorKind.OpenCl => OpenClDiscovery.Run().Backend,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, $"There are the backends {string.Join(", ", Kinds)}."),
    };

    /// <summary>What the ids of a backend's devices begin with, or are: <c>cuda</c>, <c>opencl</c>, <c>cpu</c>, <c>simulator</c>.</summary>
    public static string Name(AcceleratorKind kind) => kind.ToString().ToLowerInvariant();
}
