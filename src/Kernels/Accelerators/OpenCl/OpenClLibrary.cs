using Gpu.Kernels.Accelerators.Libraries;

namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>
/// Finds OpenCL: the loader that drivers register with, or, where none is installed, the drivers named in
/// <c>/etc/OpenCL/vendors</c> themselves.
/// </summary>
internal sealed class OpenClLibrary
{
    private static readonly Dictionary<nint, OpenClLibrary> _bound = [];
    private static readonly Lock _lock = new();

    private OpenClLibrary(string name, OpenClNative native) => (Name, Native) = (name, native);

    /// <summary>Where drivers are registered on Linux: the folder, or one file, that the loaders' own variables name.</summary>
    internal static string VendorFolder => Named("OCL_ICD_VENDORS") ?? Named("OPENCL_VENDOR_PATH") ?? "/etc/OpenCL/vendors";

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
        var loader = LibraryLoader.LoadFirst(loaderNames, (handle, name) => Bind(handle, name, OpenClNative.FromLibrary), attempts);
        return loader is not null ? [loader]
            : [.. DriverNames(vendorFolder)
                .Select(driver => LibraryLoader.LoadFirst([driver], (handle, name) => Bind(handle, name, OpenClNative.FromDriver), attempts))
                .OfType<OpenClLibrary>()];
    }

    /// <summary>One object for each library of the process: its functions are the same every time.</summary>
    private static OpenClLibrary Bind(nint handle, string name, Func<nint, OpenClNative> bind)
    {
        lock (_lock)
        {
            if (!_bound.TryGetValue(handle, out var library))
            {
                library = new OpenClLibrary(name, bind(handle));
                _bound.Add(handle, library);
            }

            return library;
        }
    }

    private static string? Named(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    /// <summary>The libraries that the files of a folder, or one such file, register: each holds a name or path in its first line.</summary>
    private static IEnumerable<string> DriverNames(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return [];
        }

        var files = File.Exists(folder) ? [folder]
            : Directory.Exists(folder) ? Directory.GetFiles(folder, "*.icd").Order(StringComparer.Ordinal)
            : Enumerable.Empty<string>();
        return files.Select(file => File.ReadLines(file).FirstOrDefault()?.Trim() ?? "").Where(name => name.Length > 0);
    }
}
