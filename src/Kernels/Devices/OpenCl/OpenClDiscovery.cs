using System.Globalization;
using System.Text;

namespace Gpu.Kernels.Devices.OpenCl;

/// <summary>Every OpenCL device of the machine, and the story of how it was found or not.</summary>
/// <param name="Backend">What was found.</param>
/// <param name="Devices">The devices of the backend, in its order: GPUs first.</param>
internal sealed unsafe record OpenClDiscovery(BackendDiscovery Backend, IReadOnlyList<OpenClDevice> Devices)
{
    private const ulong AllDeviceTypes = 0xFFFFFFFF;
    private const long CpuType = 2;
    private const long GpuType = 4;
    private const int DeviceNotFound = -1;

    private const int NoPlatform = -1001;

    private static readonly Version _oldest = new(2, 0);

    /// <summary>Looks for devices.</summary>
    /// <param name="loaderNames">Names of the OpenCL loader, where not the system's own.</param>
    /// <param name="vendorFolder">Where drivers are registered, where not the system's own.</param>
    internal static OpenClDiscovery Run(IReadOnlyList<string>? loaderNames = null, string? vendorFolder = null)
    {
        var attempts = new List<LibraryAttempt>();
        var notes = new List<string>();
        var vendors = vendorFolder ?? OpenClLibrary.VendorFolder;
        var library = OpenClLibrary.Find(attempts, notes, loaderNames ?? OpenClLibrary.LoaderNames, vendors);
        return Run(library, attempts, notes, vendors);
    }

    /// <summary>Asks OpenCL for its devices.</summary>
    /// <param name="library">The loader, or null where there is none.</param>
    /// <param name="attempts">The libraries that were tried.</param>
    /// <param name="notes">What is amiss so far.</param>
    /// <param name="vendors">Where drivers are registered.</param>
    internal static OpenClDiscovery Run(OpenClLibrary? library, List<LibraryAttempt> attempts, List<string> notes, string vendors)
    {
        OpenClDevice[] devices = library is null ? []
            : [.. Noted(() => Platforms(library, notes), notes).SelectMany(platform => Noted(() => DevicesOf(library, platform, notes), notes))
                .OrderBy(d => d.Found.Class).Select((device, index) => device with { Found = device.Found with { Id = $"opencl:{index}" } })];
        FoundDevice[] found = [.. devices.Select(d => d.Found)];
        var problem = Explain(attempts, library, found, notes, vendors);
        return new OpenClDiscovery(new BackendDiscovery(AcceleratorKind.OpenCl, attempts, found, problem) { Notes = notes }, devices);
    }

    private static string? Explain(List<LibraryAttempt> attempts, OpenClLibrary? library, FoundDevice[] devices, List<string> notes, string vendors)
    {
        if (devices.Any(d => d.Problem is null))
        {
            return null;
        }

        if (library is null)
        {
            var tried = string.Join("; ", attempts.Select(a => $"{a.Name}: {a.Outcome}"));
            var cure = attempts.Find(a => File.Exists(a.Name)) is { } broken
                ? $"reinstall the package that {broken.Name} belongs to"
                : "install the graphics driver and an OpenCL loader (Debian: ocl-icd-libopencl1)";
            return $"No OpenCL library could be loaded ({string.Join("; ", notes.Prepend(tried))}): {cure}.";
        }

        if (devices.Length == 0)
        {
            var reasons = notes.Count == 0 ? "" : $" ({string.Join("; ", notes)})";
            return $"{library.Name} was loaded and names no device{reasons}: install the graphics card's OpenCL driver, which registers itself "
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
            notes.Add(code is not (NoPlatform or 0) ? $"clGetPlatformIDs: {OpenClNative.NameOf(code)}"
                : notes.Count == 0 ? $"no driver is registered in {OpenClLibrary.VendorFolder}" : "no other driver is registered");
            return [];
        }

        var platforms = new nint[count];
        fixed (nint* pointer = platforms)
        {
            OpenClNative.Check(library.Native.clGetPlatformIDs(count, pointer, null), "clGetPlatformIDs", $"{count} platforms");
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
                ? $"platform {name} has no device" : $"clGetDeviceIDs of platform {name}: {OpenClNative.NameOf(code)}");
            return [];
        }

        var handles = new nint[count];
        fixed (nint* pointer = handles)
        {
            OpenClNative.Check(native.clGetDeviceIDs(platform, AllDeviceTypes, count, pointer, null), "clGetDeviceIDs",
                $"{count} devices of {name}");
        }

        return [.. handles.SelectMany((handle, number) =>
            Noted<OpenClDevice>(() => [Describe(library, name, handle)], notes, $"device {number} of platform {name}: "))];
    }

    private static OpenClDevice Describe(OpenClLibrary library, string platform, nint handle)
    {
        var info = new OpenClInfo(library.Native, handle);
        var type = info.Number(OpenClInfo.Type);
        var version = info.Text(OpenClInfo.Version);
        var found = new FoundDevice("", info.Text(OpenClInfo.Name), info.Text(OpenClInfo.Vendor),
            (type & GpuType) != 0 ? DeviceClass.Gpu : (type & CpuType) != 0 ? DeviceClass.Cpu : DeviceClass.Other,
            $"{info.Text(OpenClInfo.DriverVersion)} ({platform})", version, info.Number(OpenClInfo.GlobalMemorySize),
            (int)info.Number(OpenClInfo.ComputeUnits), FindProblem(version, info));
        return new OpenClDevice(found, info);
    }

    private static string? FindProblem(string text, OpenClInfo info)
    {
        var words = text.Split(' ');
        return info.Number(OpenClInfo.Available) == 0 ? "the driver says that it is not available"
            : info.Number(OpenClInfo.CompilerAvailable) == 0 ? "its driver has no compiler"
            : info.Number(OpenClInfo.LittleEndian) == 0 ? "it is big-endian"
            : words.Length < 2 || !Version.TryParse(words[1], out var version) ? $"its version reads '{text}', expected 'OpenCL 2.0' or later"
            : version < _oldest ? string.Create(CultureInfo.InvariantCulture, $"it has OpenCL {version}, {_oldest} or later is needed: try a newer driver")
            : version.Major >= 3 && info.TryNumber(OpenClInfo.GenericAddressSpace) is null or 0
                ? $"its OpenCL {version} has no generic address space, which is needed (PoCL has it from 4.0, rusticl has not): try a newer driver or another one"
            : null;
    }

    private static string PlatformText(OpenClNative native, nint platform, uint parameter)
    {
        nuint size = 0;
        OpenClNative.Check(native.clGetPlatformInfo(platform, parameter, 0, null, &size), "clGetPlatformInfo", $"parameter 0x{parameter:X}");
        var bytes = new byte[size];
        fixed (byte* pointer = bytes)
        {
            OpenClNative.Check(native.clGetPlatformInfo(platform, parameter, size, pointer, null), "clGetPlatformInfo",
                $"parameter 0x{parameter:X}");
        }

        return Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();
    }
}
