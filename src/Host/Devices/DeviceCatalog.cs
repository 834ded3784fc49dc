using Gpu.Kernels.Devices;

namespace Gpu.Host.Devices;

/// <summary>The GPU backends of this machine, each looked for once, when first asked for: drivers take their time to start.</summary>
internal static class DeviceCatalog
{
    private static readonly Dictionary<AcceleratorKind, BackendDiscovery> _found = [];
    private static readonly Lock _finding = new();

    /// <summary>What each backend found, in the order in which <c>--device auto</c> tries them; each is looked for when it is reached.</summary>
    internal static IEnumerable<BackendDiscovery> All => DeviceDiscovery.Kinds.Select(Find);

    /// <summary>What one backend found.</summary>
    internal static BackendDiscovery Find(AcceleratorKind kind)
    {
        lock (_finding)
        {
            if (!_found.TryGetValue(kind, out var backend))
            {
                _found.Add(kind, backend = DeviceDiscovery.Run(kind));
            }

            return backend;
        }
    }

    /// <summary>An open device as its backend found it; null for the CPU.</summary>
    internal static FoundDevice? Found(ComputeAccelerator accelerator) =>
        DeviceDiscovery.Kinds.Contains(accelerator.Kind) ? Find(accelerator.Kind).Devices.FirstOrDefault(d => d.Id == accelerator.Id) : null;

    /// <summary>The backend as people write it.</summary>
    internal static string Title(AcceleratorKind kind) => kind switch
    {
        AcceleratorKind.Cuda => "CUDA",
        _ => "OpenCL",
    };

    /// <summary>The backend as <c>--device</c> names it.</summary>
    internal static string Name(AcceleratorKind kind) => DeviceDiscovery.Name(kind);

    /// <summary>Whether <c>--device auto</c> may choose a device of its backends: OpenCL on the processor is for tests.</summary>
    internal static bool IsForAuto(FoundDevice device) => device is { Class: DeviceClass.Gpu, Problem: null };

    /// <summary>Id and name of a device.</summary>
    internal static string Describe(FoundDevice device) => $"{device.Id} ({device.Name})";

    /// <summary>Whether a library can be called.</summary>
    internal static bool IsLoaded(LibraryAttempt library) => library.Outcome == "loaded";

    /// <summary>Why <c>auto</c> takes no device of a backend, in a few words.</summary>
    internal static string WhyNotAuto(BackendDiscovery backend)
    {
        var title = Title(backend.Kind);
        var usable = backend.Devices.Where(d => d.Problem is null).ToList();
        var broken = backend.Attempts.FirstOrDefault(l => !IsLoaded(l) && l.Outcome != "not found");
        return usable.Count > 0 ? $"{title} has {string.Join(", ", usable.Select(d => d.Id))}, which is no GPU"
            : backend.Devices.Count > 0 ? $"{title} has {backend.Devices[0].Id}, where {backend.Devices[0].Problem}"
            : backend.Attempts.Any(IsLoaded) ? $"{title} names no device"
            : broken is not null ? $"{title} cannot be used ({broken.Name}: {broken.Outcome})"
            : backend.Attempts.Count > 0 ? $"{title} is not installed ({backend.Attempts[0].Name} not found)"
            : $"{title}: {backend.Problem?.TrimEnd('.')}";
    }
}
