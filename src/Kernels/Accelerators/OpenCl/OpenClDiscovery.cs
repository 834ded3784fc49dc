using System.Globalization;
using System.Text;

namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>Every OpenCL device of the machine, and the story of how it was found or not.</summary>
/// <param name="Attempts">The libraries that were tried.</param>
/// <param name="Devices">Every device, usable or not, GPUs first.</param>
/// <param name="Problem">Null where there is a usable device, else one sentence that says what is missing and what to do.</param>
public sealed unsafe record OpenClDiscovery(IReadOnlyList<LibraryAttempt> Attempts, IReadOnlyList<OpenClDevice> Devices,
    string? Problem)
{
    private const ulong AllDeviceTypes = 0xFFFFFFFF;
    private const long GpuType = 4;
    private const int DeviceNotFound = -1;

    /// <summary>What is amiss besides, a clause each: platforms without a device, drivers that fail, or are registered and missing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Looks for devices.</summary>
    /// <param name="loaderNames">Names of the OpenCL loader, where not the system's own.</param>
    /// <param name="vendorFolder">Where drivers are registered, where not the system's own.</param>
    public static OpenClDiscovery Run(IReadOnlyList<string>? loaderNames = null, string? vendorFolder = null)
    {
        var attempts = new List<LibraryAttempt>();
        var notes = new List<string>();
        var vendors = vendorFolder ?? OpenClLibrary.VendorFolder;
        var libraries = OpenClLibrary.Find(attempts, notes, loaderNames ?? OpenClLibrary.LoaderNames, vendors);
        return Run(libraries, attempts, notes, vendors);
    }

    /// <summary>Asks libraries for their devices.</summary>
    /// <param name="libraries">The loader, or drivers.</param>
    /// <param name="attempts">The libraries that were tried.</param>
    /// <param name="notes">What is amiss so far.</param>
    /// <param name="vendors">Where drivers are registered.</param>
    internal static OpenClDiscovery Run(IReadOnlyList<OpenClLibrary> libraries, List<LibraryAttempt> attempts, List<string> notes, string vendors)
    {
        var devices = libraries.SelectMany(library => Noted(() => Platforms(library, notes), notes)
            .SelectMany(platform => Noted(() => DevicesOf(library, platform, notes), notes)))
            .OrderBy(d => d.Class).Select((device, index) => device with { Index = index }).ToArray();
        return new OpenClDiscovery(attempts, devices, Explain(attempts, libraries, devices, notes, vendors)) { Notes = notes };
    }

    /// <summary>The same for <see cref="DeviceDiscovery"/>.</summary>
    internal BackendDiscovery ToBackend() => new(AcceleratorKind.OpenCl, Attempts,
        [.. Devices.Select(d => new FoundDevice($"opencl:{d.Index}", d.Name, d.Vendor, d.Class, $"{d.DriverVersion} ({d.Platform})", d.Version,
            d.MemoryBytes, d.ComputeUnits, d.Problem))],
        Problem)
    {
        Notes = Notes,
    };

    private static string? Explain(List<LibraryAttempt> attempts, IReadOnlyList<OpenClLibrary> libraries, OpenClDevice[] devices,
        List<string> notes, string vendors)
    {
        if (devices.Any(d => d.Problem is null))
        {
            return null;
        }

        if (libraries.Count == 0)
        {
            var tried = string.Join("; ", attempts.Select(a => $"{a.Name}: {a.Outcome}"));
            var cure = attempts.Find(a => File.Exists(a.Name)) is { } broken
                ? $"reinstall the package that {broken.Name} belongs to"
                : "install the graphics driver and an OpenCL loader (Debian: ocl-icd-libopencl1)";
            var drivers = string.Join("; ", notes.Prepend($"drivers registered in {vendors}: none usable"));
            return $"No OpenCL library could be loaded ({tried}; {drivers}): {cure}.";
        }

        if (devices.Length == 0)
        {
            var reasons = notes.Count == 0 ? "" : $" ({string.Join("; ", notes)})";
            return $"{libraries[0].Name} was loaded and names no device{reasons}: install the graphics card's OpenCL driver, which registers itself "
                + $"in {vendors} (Debian, for the processor: pocl-opencl-icd).";
        }

        return $"No OpenCL device can be used: {string.Join("; ", devices.Select(d => $"{d.Name}: {d.Problem}"))}.";
    }

    /// <summary>What a driver answers; one that fails is noted, and the others are still listed.</summary>
    private static T[] Noted<T>(Func<T[]> ask, List<string> notes, string what = "")
    {
        try
        {
            return ask();
        }
        catch (DeviceException exception)
        {
            notes.Add(what + exception.Message.TrimEnd('.'));
            return [];
        }
    }

    private static nint[] Platforms(OpenClLibrary library, List<string> notes)
    {
        uint count = 0;
        var code = library.Native.clGetPlatformIDs(0, null, &count);
        if (code != 0 || count == 0)
        {
            notes.Add(code is not (OpenClError.NoPlatform or 0) ? $"clGetPlatformIDs: {OpenClError.Name(code)}"
                : notes.Count == 0 ? $"no driver is registered in {OpenClLibrary.VendorFolder}" : "no other driver is registered");
            return [];
        }

        var platforms = new nint[count];
        fixed (nint* pointer = platforms)
        {
            OpenClError.Check(library.Native.clGetPlatformIDs(count, pointer, null), "clGetPlatformIDs", $"{count} platforms");
        }

        return platforms;
    }

    private static OpenClDevice[] DevicesOf(OpenClLibrary library, nint platform, List<string> notes)
    {
        var native = library.Native;
        var name = PlatformText(native, platform, OpenClInfo.PlatformName);
        uint count = 0;
        var code = native.clGetDeviceIDs(platform, AllDeviceTypes, 0, null, &count);
        if (code != 0 || count == 0)
        {
            notes.Add(code is DeviceNotFound or 0
                ? $"platform {name} has no device" : $"clGetDeviceIDs of platform {name}: {OpenClError.Name(code)}");
            return [];
        }

        var handles = new nint[count];
        fixed (nint* pointer = handles)
        {
            OpenClError.Check(native.clGetDeviceIDs(platform, AllDeviceTypes, count, pointer, null), "clGetDeviceIDs",
                $"{count} devices of {name}");
        }

        var version = PlatformText(native, platform, OpenClInfo.PlatformVersion);
        return [.. handles.SelectMany((handle, number) =>
            Noted<OpenClDevice>(() => [Describe(library, platform, name, version, handle)], notes, $"device {number} of platform {name}: "))];
    }

    private static OpenClDevice Describe(OpenClLibrary library, nint platform, string platformName, string platformVersion, nint handle)
    {
        var info = new OpenClInfo(library.Native, handle);
        var type = info.Number(OpenClInfo.Type);
        var device = new OpenClDevice
        {
            Name = info.Text(OpenClInfo.Name),
            Class = (type & GpuType) != 0 ? DeviceClass.Gpu : (type & 2) != 0 ? DeviceClass.Cpu : DeviceClass.Other,
            Platform = platformName,
            PlatformVersion = platformVersion,
            Vendor = info.Text(OpenClInfo.Vendor),
            DriverVersion = info.Text(OpenClInfo.DriverVersion),
            Version = info.Text(OpenClInfo.Version),
            MemoryBytes = info.Number(OpenClInfo.GlobalMemorySize),
            LargestAllocationBytes = info.Number(OpenClInfo.LargestAllocation),
            SharedMemoryBytes = info.Number(OpenClInfo.LocalMemorySize),
            ComputeUnits = (int)info.Number(OpenClInfo.ComputeUnits),
            LargestGroup = (int)info.Number(OpenClInfo.LargestGroup),
            RoundsDivisionCorrectly = (info.Number(OpenClInfo.SingleConfiguration) & 0x80) != 0,
            GroupLanes = GroupLanes(info, type),
            Problem = null,
            Library = library,
            PlatformHandle = platform,
            Handle = handle,
        };
        return device with { Problem = FindProblem(device, info) };
    }

    /// <summary>What the driver says in its own extension; else a usual width for graphics processors, and 1 for others.</summary>
    private static int GroupLanes(OpenClInfo info, long type) =>
        (int)((type & GpuType) == 0 ? 1 : info.TryNumber(OpenClInfo.NvidiaWarp) ?? info.TryNumber(OpenClInfo.AmdWavefront) ?? 32);

    private static string? FindProblem(OpenClDevice device, OpenClInfo info)
    {
        var words = device.Version.Split(' ');
        return info.Number(OpenClInfo.Available) == 0 ? "the driver says that it is not available"
            : info.Number(OpenClInfo.CompilerAvailable) == 0 ? "its driver has no compiler"
            : info.Number(OpenClInfo.LittleEndian) == 0 ? "it is big-endian"
            : words.Length < 2 || !System.Version.TryParse(words[1], out var version)
                ? $"its version reads '{device.Version}', expected 'OpenCL 1.2' or later"
            : version < new Version(1, 2) ? string.Create(CultureInfo.InvariantCulture, $"it has OpenCL {version}, 1.2 or later is needed")
            : null;
    }

    private static string PlatformText(OpenClNative native, nint platform, uint parameter)
    {
        nuint size = 0;
        OpenClError.Check(native.clGetPlatformInfo(platform, parameter, 0, null, &size), "clGetPlatformInfo", $"parameter 0x{parameter:X}");
        var bytes = new byte[size];
        fixed (byte* pointer = bytes)
        {
            OpenClError.Check(native.clGetPlatformInfo(platform, parameter, size, pointer, null), "clGetPlatformInfo",
                $"parameter 0x{parameter:X}");
        }

        return Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();
    }
}
