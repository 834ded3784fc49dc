using System.Runtime.InteropServices;

namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>
/// Finds OpenCL: the loader that drivers register with, or, where none is installed, the drivers named in
/// <c>/etc/OpenCL/vendors</c> themselves. A library stays loaded to the end of the process, as drivers expect it.
/// </summary>
internal sealed class OpenClLibrary
{
    private static readonly Dictionary<string, OpenClLibrary> _loaded = [];
    private static readonly Lock _lock = new();

    private OpenClLibrary(string name, OpenClNative native) => (Name, Native) = (name, native);

    /// <summary>Where drivers are registered on Linux.</summary>
    internal static string VendorFolder =>
        Environment.GetEnvironmentVariable("OPENCL_VENDOR_PATH") is { Length: > 0 } path ? path : "/etc/OpenCL/vendors";

    /// <summary>The name it was loaded by.</summary>
    internal string Name { get; }

    internal OpenClNative Native { get; }

    /// <summary>The loader's names, in the order in which they are tried.</summary>
    internal static IReadOnlyList<string> LoaderNames { get; } =
        OperatingSystem.IsWindows() ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
        : ["libOpenCL.so.1", "libOpenCL.so"];

    /// <summary>All libraries that OpenCL can be called through: the loader alone, or every driver.</summary>
    /// <param name="attempts">Every name tried, and what came of it.</param>
    /// <param name="loaderNames">The loader's names, in order.</param>
    /// <param name="vendorFolder">Where drivers are registered.</param>
    internal static IReadOnlyList<OpenClLibrary> Find(List<LibraryAttempt> attempts, IReadOnlyList<string> loaderNames,
        string vendorFolder)
    {
        foreach (var name in loaderNames)
        {
            if (Load(name, OpenClNative.FromLibrary, attempts) is { } loader)
            {
                return [loader];
            }
        }

        return [.. DriverNames(vendorFolder).Select(name => Load(name, OpenClNative.FromDriver, attempts)).OfType<OpenClLibrary>()];
    }

    private static OpenClLibrary? Load(string name, Func<nint, OpenClNative> bind, List<LibraryAttempt> attempts)
    {
        lock (_lock)
        {
            if (!_loaded.TryGetValue(name, out var library))
            {
                try
                {
                    library = new OpenClLibrary(name, bind(NativeLibrary.Load(name)));
                    _loaded.Add(name, library);
                }
                catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
                {
                    attempts.Add(new LibraryAttempt(name, Reason(name, exception)));
                    return null;
                }
            }

            attempts.Add(new LibraryAttempt(name, "loaded"));
            return library;
        }
    }

    /// <summary>The line of the loader's message that says why, without what surrounds it.</summary>
    private static string Reason(string name, Exception exception)
    {
        var line = exception.Message.Split('\n').Select(l => l.Trim()).FirstOrDefault(l =>
            l.StartsWith(name + ": ", StringComparison.Ordinal)
            || l.Contains("invalid ELF", StringComparison.Ordinal) || l.Contains("too short", StringComparison.Ordinal)) ?? exception.Message.Split('\n')[0];
        line = line.StartsWith(name + ": ", StringComparison.Ordinal) ? line[(name.Length + 2)..] : line;
        return line.Contains("No such file", StringComparison.Ordinal) ? "not found" : line;
    }

    private static IEnumerable<string> DriverNames(string folder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder))
        {
            return [];
        }

        return Directory.GetFiles(folder, "*.icd").Order(StringComparer.Ordinal)
            .Select(file => File.ReadLines(file).FirstOrDefault()?.Trim() ?? "").Where(name => name.Length > 0);
    }
}
