using Gpu.Kernels.Devices.Libraries;

namespace Gpu.Kernels.Devices.OpenCl;

/// <summary>Finds OpenCL: the loader that drivers register with, by which ILGPU reaches them too.</summary>
internal sealed class OpenClLibrary
{
    internal OpenClLibrary(string name, OpenClNative native) => (Name, Native) = (name, native);

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

    /// <summary>The loader, or null where none can be loaded.</summary>
    /// <param name="attempts">Every name tried, and what came of it.</param>
    /// <param name="notes">Registrations that lead nowhere: the loader passes over them in silence.</param>
    /// <param name="loaderNames">The loader's names, in order.</param>
    /// <param name="vendorFolder">Where drivers are registered.</param>
    internal static OpenClLibrary? Find(List<LibraryAttempt> attempts, List<string> notes, IReadOnlyList<string> loaderNames, string vendorFolder)
    {
        var drivers = Registered(vendorFolder, notes);
        var loader = LibraryLoader.LoadFirst(loaderNames, (handle, name) => new OpenClLibrary(name, OpenClNative.FromLibrary(handle)), attempts);
        foreach (var (file, library) in drivers)
        {
            var tried = new List<LibraryAttempt>();
            if (LibraryLoader.LoadFirst([library], (_, name) => name, tried) is null)
            {
                notes.Add($"{file} registers a driver that cannot be loaded ({string.Join("; ", tried.Select(a => $"{a.Name}: {a.Outcome}"))})");
            }
        }

        return loader;
    }

    private static string? Named(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    /// <summary>The libraries that the files of a folder, or one such file, register: each holds a name or path in its first line.</summary>
    private static List<(string File, string Library)> Registered(string folder, List<string> notes)
    {
        string[] files = OperatingSystem.IsWindows() ? []
            : File.Exists(folder) ? (folder.EndsWith(".icd", StringComparison.Ordinal) ? [folder] : [])
            : Directory.Exists(folder) ? Read(folder, () => Directory.GetFiles(folder, "*.icd"), notes) ?? []
            : [];
        return [.. from file in files.Order(StringComparer.Ordinal)
                   let library = Read(file, () => File.ReadLines(file).FirstOrDefault()?.Trim(), notes)
                   where library is { Length: > 0 }
                   select (file, library)];
    }

    /// <summary>What is read from a file or folder; where that fails it is noted, and the others still count.</summary>
    private static T? Read<T>(string path, Func<T?> read, List<string> notes) where T : class
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            notes.Add($"{path} cannot be read ({exception.Message.TrimEnd('.')})");
            return null;
        }
    }
}
