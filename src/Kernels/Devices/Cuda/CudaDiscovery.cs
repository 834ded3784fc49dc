using System.Text;
using System.Text.RegularExpressions;
using Gpu.Kernels.Devices.Libraries;

namespace Gpu.Kernels.Devices.Cuda;

/// <summary>Finds every NVIDIA device of the machine, and tells the story of how it was found or not.</summary>
internal static unsafe partial class CudaDiscovery
{
    private const string NvidiaVendor = "NVIDIA Corporation";
    private const string KernelModuleFile = "/proc/driver/nvidia/version";
    private const int MultiprocessorsAttribute = 16;
    private const int ComputeModeAttribute = 20;
    private const int MajorAttribute = 75;
    private const int MinorAttribute = 76;
    private const int ProhibitedMode = 2;
    private const int LongestName = 256;

    private static readonly Version _oldest = new(11, 4);

    /// <summary>The oldest compute capability that ILGPU has instructions for.</summary>
    private const int OldestCapability = 30;

    /// <summary>The driver's names, in the order in which they are tried.</summary>
    private static readonly string[] _driverNames = OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"];

    /// <summary>Looks for devices.</summary>
    internal static BackendDiscovery Run() => Run(_driverNames);

    /// <summary>Looks for devices with other names of the library than the system's own.</summary>
    internal static BackendDiscovery Run(IReadOnlyList<string> driverNames)
    {
        var attempts = new List<LibraryAttempt>();
        var driver = LibraryLoader.LoadFirst(driverNames,
            (handle, name) => new CudaDriver(new CudaNative(function => LibraryLoader.Export(handle, function)), name), attempts);
        return driver is null ? new BackendDiscovery(AcceleratorKind.Cuda, attempts, [], NoDriver(attempts)) : Run(driver, attempts);
    }

    /// <summary>Asks a driver for its devices.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="attempts">The libraries that were tried.</param>
    internal static BackendDiscovery Run(CudaDriver driver, IReadOnlyList<LibraryAttempt> attempts)
    {
        BackendDiscovery Without(string problem) => new(AcceleratorKind.Cuda, attempts, [], problem);
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

            int count;
            driver.Check(driver.Native.cuDeviceGetCount(&count), "cuDeviceGetCount", $"{driver.Name}");
            FoundDevice[] devices = [.. Enumerable.Range(0, count).Select(index => Describe(driver, index))];
            return new BackendDiscovery(AcceleratorKind.Cuda, attempts, devices, Explain(devices));
        }
        catch (DeviceException exception)
        {
            return Without(exception.Message);
        }
    }

    private static string? Explain(FoundDevice[] devices)
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
        CudaErrorCode.NoDevice => $"{driver.Name} was loaded and finds no NVIDIA device ({driver.NameOf(code)}): "
            + "check that the card is there and its kernel module loaded (nvidia-smi lists it), that a container was given the GPU, and that CUDA_VISIBLE_DEVICES does not hide it.",
        CudaErrorCode.StubLibrary => $"{driver.Name} is the toolkit's stand-in for the driver: take its folder out of LD_LIBRARY_PATH.",
        CudaErrorCode.DriverMismatch => $"{driver.Name} and the kernel module of the NVIDIA driver have different versions ({driver.NameOf(code)}): restart the machine.",
        _ => $"cuInit of {driver.Name} failed with {driver.NameOf(code)}: check the driver with nvidia-smi.",
    };

    private static FoundDevice Describe(CudaDriver driver, int index)
    {
        int handle;
        nuint memory;
        driver.Check(driver.Native.cuDeviceGet(&handle, index), "cuDeviceGet", $"device {index}");
        driver.Check(driver.Native.cuDeviceTotalMem_v2(&memory, handle), "cuDeviceTotalMem_v2", $"device {index}");
        var name = stackalloc byte[LongestName];
        driver.Check(driver.Native.cuDeviceGetName(name, LongestName - 1, handle), "cuDeviceGetName", $"device {index}");
        var (major, minor) = (Attribute(driver, handle, MajorAttribute), Attribute(driver, handle, MinorAttribute));
        var problem = Attribute(driver, handle, ComputeModeAttribute) == ProhibitedMode
            ? "its compute mode is 'prohibited' (nvidia-smi -c 0 allows programs again)"
            : (major * 10) + minor < OldestCapability ? $"it has compute capability {major}.{minor}, 3.0 or later is needed" : null;
        return new FoundDevice($"cuda:{index}", Encoding.UTF8.GetString(new ReadOnlySpan<byte>(name, LongestName)).Split('\0')[0].Trim(), NvidiaVendor,
            DeviceClass.Gpu, DriverVersion(driver.Version), $"compute capability {major}.{minor}", (long)memory,
            Attribute(driver, handle, MultiprocessorsAttribute), problem);
    }

    private static int Attribute(CudaDriver driver, int device, int attribute)
    {
        int value;
        driver.Check(driver.Native.cuDeviceGetAttribute(&value, attribute, device), "cuDeviceGetAttribute",
            $"attribute {attribute} of device {device}");
        return value;
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
