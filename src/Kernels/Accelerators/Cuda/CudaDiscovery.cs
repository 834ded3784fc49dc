using System.Text;
using System.Text.RegularExpressions;
using Gpu.Kernels.Accelerators.Libraries;

namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>Every NVIDIA device of the machine, and the story of how it was found or not.</summary>
/// <param name="Attempts">The libraries that were tried: the driver's, then NVRTC's.</param>
/// <param name="Devices">Every device, usable or not.</param>
/// <param name="Problem">Null where there is a usable device, else one sentence that says what is missing and what to do.</param>
public sealed unsafe partial record CudaDiscovery(IReadOnlyList<LibraryAttempt> Attempts, IReadOnlyList<CudaDevice> Devices, string? Problem)
{
    private const string KernelModuleFile = "/proc/driver/nvidia/version";
    private const int LargestGroupAttribute = 1;
    private const int SharedMemoryAttribute = 8;
    private const int WarpAttribute = 10;
    private const int MultiprocessorsAttribute = 16;
    private const int ComputeModeAttribute = 20;
    private const int MajorAttribute = 75;
    private const int MinorAttribute = 76;
    private const int ProhibitedMode = 2;
    private const int LongestName = 256;

    private static readonly Version _oldest = new(11, 4);

    /// <summary>Looks for devices.</summary>
    public static CudaDiscovery Run() => Run(CudaLibraries.DriverNames, CudaLibraries.NvrtcNames());

    /// <summary>Looks for devices with other names of the libraries than the system's own.</summary>
    internal static CudaDiscovery Run(IReadOnlyList<string> driverNames, IEnumerable<string> nvrtcNames)
    {
        var attempts = new List<LibraryAttempt>();
        var driver = LibraryLoader.LoadFirst(driverNames,
            (handle, name) => new CudaDriver(new CudaNative(function => LibraryLoader.Export(handle, function)), name), attempts);
        return driver is null ? new CudaDiscovery(attempts, [], NoDriver(attempts)) : Run(driver, attempts, FindNvrtc);

        Nvrtc? FindNvrtc(Version newest) => LibraryLoader.LoadFirst(nvrtcNames, (handle, name) =>
        {
            var nvrtc = new Nvrtc(function => LibraryLoader.Export(handle, function), name);
            CudaLibraries.LoadBuiltins(name, nvrtc.Version);
            return nvrtc.Version.Major <= newest.Major ? nvrtc : throw new DeviceException(
                $"is of CUDA {nvrtc.Version}, the driver has CUDA {newest} and takes no code of a later major version");
        }, attempts);
    }

    /// <summary>Asks a driver for its devices.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="attempts">The libraries tried so far; <paramref name="findNvrtc"/> may add to them.</param>
    /// <param name="findNvrtc">Finds a compiler whose code a driver of this version of CUDA takes.</param>
    internal static CudaDiscovery Run(CudaDriver driver, List<LibraryAttempt> attempts, Func<Version, Nvrtc?> findNvrtc)
    {
        CudaDiscovery Without(string problem) => new(attempts, [], problem);
        var code = driver.Native.cuInit(0);
        if (code != 0)
        {
            return Without(NotStarted(driver, code));
        }

        try
        {
            var version = driver.Version;
            if (version < _oldest)
            {
                return Without($"The NVIDIA driver has CUDA {version}, {_oldest} or later is needed: update the driver (470 or later).");
            }

            var nvrtc = findNvrtc(version);
            var missing = nvrtc is null ? NoCompiler(attempts, version) : null;
            int count;
            driver.Check(driver.Native.cuDeviceGetCount(&count), "cuDeviceGetCount", $"{driver.Name}");
            CudaDevice[] devices = [.. Enumerable.Range(0, count).Select(index => Describe(driver, nvrtc, index, missing))];
            return new CudaDiscovery(attempts, devices, Explain(devices));
        }
        catch (DeviceException exception)
        {
            return Without(exception.Message);
        }
    }

    /// <summary>The same for <see cref="DeviceDiscovery"/>.</summary>
    internal BackendDiscovery ToBackend() => new(AcceleratorKind.Cuda, Attempts, [.. Devices.Select(d => d.ToFound())], Problem);

    private static string? Explain(CudaDevice[] devices)
    {
        if (devices.Any(d => d.Problem is null))
        {
            return null;
        }

        if (devices.Length == 0)
        {
            return "The NVIDIA driver names no device: check that CUDA_VISIBLE_DEVICES does not hide it.";
        }

        var sameReason = devices.All(d => d.Problem == devices[0].Problem);
        return sameReason ? $"CUDA cannot use {string.Join(", ", devices.Select(d => d.Name))}: {devices[0].Problem}."
            : $"No CUDA device can be used: {string.Join("; ", devices.Select(d => $"{d.Name}: {d.Problem}"))}.";
    }

    private static string NoDriver(List<LibraryAttempt> attempts)
    {
        var tried = string.Join("; ", attempts.Select(a => $"{a.Name}: {a.Outcome}"));
        var old = attempts.Exists(a => a.Outcome.StartsWith("has no function", StringComparison.Ordinal));
        return $"The CUDA driver could not be loaded ({tried}): " + (old
            ? "update the NVIDIA driver to 470 or later." : "CUDA needs an NVIDIA card and its driver; other cards are used through OpenCL.");
    }

    private static string NotStarted(CudaDriver driver, int code) => code switch
    {
        CudaError.NoDevice => $"{driver.Name} was loaded and finds no NVIDIA device ({driver.NameOf(code)}): "
            + "check that the card is there and its kernel module loaded (nvidia-smi lists it), that a container was given the GPU, and that CUDA_VISIBLE_DEVICES does not hide it.",
        CudaError.StubLibrary => $"{driver.Name} is the toolkit's stand-in for the driver: take its folder out of LD_LIBRARY_PATH.",
        CudaError.DriverMismatch => $"{driver.Name} and the kernel module of the NVIDIA driver have different versions ({driver.NameOf(code)}): restart the machine.",
        _ => $"cuInit of {driver.Name} failed with {driver.NameOf(code)}: check the driver with nvidia-smi.",
    };

    private static string NoCompiler(List<LibraryAttempt> attempts, Version driver)
    {
        var newer = attempts.Find(a => a.Outcome.StartsWith("is of CUDA", StringComparison.Ordinal));
        var found = newer is null ? "the compiler NVRTC was not found" : $"{newer.Name} {newer.Outcome}";
        return $"{found}: install NVRTC of CUDA {driver.Major} (the package cuda-nvrtc-{driver.Major}-{driver.Minor} from NVIDIA, or libnvrtc{driver.Major} of the distribution), "
            + "or use the device through OpenCL";
    }

    private static CudaDevice Describe(CudaDriver driver, Nvrtc? nvrtc, int index, string? missing)
    {
        int handle;
        nuint memory;
        driver.Check(driver.Native.cuDeviceGet(&handle, index), "cuDeviceGet", $"device {index}");
        driver.Check(driver.Native.cuDeviceTotalMem_v2(&memory, handle), "cuDeviceTotalMem_v2", $"device {index}");
        var name = stackalloc byte[LongestName];
        driver.Check(driver.Native.cuDeviceGetName(name, LongestName - 1, handle), "cuDeviceGetName", $"device {index}");
        var device = new CudaDevice
        {
            Index = index,
            Name = Encoding.UTF8.GetString(new ReadOnlySpan<byte>(name, LongestName)).Split('\0')[0].Trim(),
            DriverVersion = DriverVersion(driver.Version),
            Capability = (Attribute(driver, handle, MajorAttribute) * 10) + Attribute(driver, handle, MinorAttribute),
            MemoryBytes = (long)memory,
            SharedMemoryBytes = Attribute(driver, handle, SharedMemoryAttribute),
            Multiprocessors = Attribute(driver, handle, MultiprocessorsAttribute),
            LargestGroup = Attribute(driver, handle, LargestGroupAttribute),
            WarpLanes = Attribute(driver, handle, WarpAttribute),
            Problem = Attribute(driver, handle, ComputeModeAttribute) == ProhibitedMode
                ? "its compute mode is 'prohibited' (nvidia-smi -c 0 allows programs again)" : missing,
            Handle = handle,
            Driver = driver,
            Nvrtc = nvrtc,
        };
        return device with { Problem = device.Problem ?? TooOld(device) };
    }

    private static int Attribute(CudaDriver driver, int device, int attribute)
    {
        int value;
        driver.Check(driver.Native.cuDeviceGetAttribute(&value, attribute, device), "cuDeviceGetAttribute",
            $"attribute {attribute} of device {device}");
        return value;
    }

    private static string? TooOld(CudaDevice device)
    {
        var known = device.Nvrtc!.Architectures;
        return CudaTarget.For(device.Capability, known) is not null ? null
            : $"it has compute capability {device.Capability / 10}.{device.Capability % 10}, NVRTC {device.Nvrtc.Version} compiles for {known[0] / 10}.{known[0] % 10} and later: "
                + "install an earlier NVRTC, or use the device through OpenCL";
    }

    /// <summary>The driver's own version, where the kernel module tells it, and that of CUDA.</summary>
    private static string DriverVersion(Version cuda)
    {
        var module = File.Exists(KernelModuleFile) ? ModuleVersion().Match(File.ReadAllText(KernelModuleFile)) : Match.Empty;
        return module.Success ? $"{module.Value} (CUDA {cuda})" : $"CUDA {cuda}";
    }

    [GeneratedRegex(@"\b\d{3,}\.\d+(\.\d+)?\b")]
    private static partial Regex ModuleVersion();
}
