using Gpu.Kernels.Accelerators.OpenCl;

namespace Gpu.Host.Runs;

/// <summary>The GPU backends of this machine, each looked for once, when first asked for: drivers take their time to start.</summary>
internal static class DeviceCatalog
{
    private static readonly Lazy<DeviceBackend> _cuda = new(FindCuda);
    private static readonly Lazy<DeviceBackend> _openCl = new(FindOpenCl);

    /// <summary>The names of the backends, in the order in which <c>--device auto</c> tries them.</summary>
    internal static IReadOnlyList<string> Names { get; } = ["cuda", "opencl"];

    /// <summary>All backends, in that order; each is looked for when it is reached.</summary>
    internal static IEnumerable<DeviceBackend> All => Names.Select(Find);

    /// <summary>The backend of a name.</summary>
    internal static DeviceBackend Find(string name) => name switch
    {
        "cuda" => _cuda.Value,
        "opencl" => _openCl.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no backend of this name."),
    };

    private static DeviceBackend FindCuda() => new("cuda", "CUDA", [], [], "this version cannot use CUDA yet");

    private static DeviceBackend FindOpenCl()
    {
        var found = OpenClDiscovery.Run();
        return new DeviceBackend(
            "opencl", "OpenCL", [.. found.Attempts.Select(a => new LibraryAttempt(a.Name, a.Outcome))], [.. found.Devices.Select(Describe)], found.Problem);
    }

    private static FoundDevice Describe(OpenClDevice device) => new()
    {
        Id = $"opencl:{device.Index}",
        Name = device.Name,
        Kind = device.Kind switch { OpenClDeviceKind.Gpu => "gpu", OpenClDeviceKind.Cpu => "cpu", _ => "accelerator" },
        Problem = device.Problem,
        Vendor = device.Vendor,
        Platform = device.Platform,
        DriverVersion = device.DriverVersion,
        Version = device.Version,
        ComputeUnits = device.ComputeUnits,
        MemoryBytes = device.MemoryBytes,
        LargestAllocationBytes = device.LargestAllocationBytes,
        Open = profiling => new OpenClAccelerator(device, new OpenClOptions { Profiling = profiling }),
    };
}
