using Gpu.Kernels.Accelerators.Libraries;

namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>Where the CUDA driver and NVRTC are looked for.</summary>
internal static class CudaLibraries
{
    private static readonly string[] _nvrtcNames = OperatingSystem.IsWindows()
        ? ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"]
        : ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"];

    /// <summary>The driver's names, in the order in which they are tried.</summary>
    internal static IReadOnlyList<string> DriverNames { get; } =
        OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"];

    /// <summary>
    /// NVRTC's names, latest first, then its files in the folders of a CUDA toolkit and of Python packages, where a machine that has
    /// another trainer already has them.
    /// </summary>
    internal static IEnumerable<string> NvrtcNames() =>
        _nvrtcNames.Concat(ToolkitFolders().Concat(PythonFolders()).Where(Directory.Exists).SelectMany(FilesIn));

    /// <summary>
    /// Loads the part that NVRTC itself looks for by name, from the folder that NVRTC was found in; where it lies elsewhere, the
    /// system finds it.
    /// </summary>
    internal static void LoadBuiltins(string nvrtc, Version version)
    {
        if (BuiltinsBeside(nvrtc, version) is { } file && File.Exists(file))
        {
            LibraryLoader.Load(file, (_, found) => found, []);
        }
    }

    /// <summary>The file of that part beside NVRTC, or null where NVRTC was found by its name alone: the current folder is nobody's place for it.</summary>
    internal static string? BuiltinsBeside(string nvrtc, Version version)
    {
        var name = OperatingSystem.IsWindows()
            ? $"nvrtc-builtins64_{version.Major}{version.Minor}.dll"
            : $"libnvrtc-builtins.so.{version.Major}.{version.Minor}";
        return Path.GetDirectoryName(nvrtc) is { Length: > 0 } folder ? Path.Combine(folder, name) : null;
    }

    private static IEnumerable<string> ToolkitFolders()
    {
        foreach (var root in LibraryLoader.Folders("CUDA_HOME").Concat(LibraryLoader.Folders("CUDA_PATH")))
        {
            yield return Path.Combine(root, OperatingSystem.IsWindows() ? "bin" : "lib64");
            yield return Path.Combine(root, OperatingSystem.IsWindows() ? Path.Combine("bin", "x64") : "lib");
        }

        yield return "/usr/local/cuda/lib64";
        foreach (var prefix in LibraryLoader.Folders("CONDA_PREFIX"))
        {
            yield return Path.Combine(prefix, "lib");
        }
    }

    /// <summary>The packages nvidia-cuda-nvrtc of CUDA 12 and 13, in an active environment, for the user, for the machine.</summary>
    private static IEnumerable<string> PythonFolders()
    {
        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local");
        return from root in LibraryLoader.Folders("VIRTUAL_ENV").Append(home).Append("/usr/local")
               let library = Path.Combine(root, "lib")
               where Directory.Exists(library)
               from python in Directory.GetDirectories(library, "python3*").Order(StringComparer.Ordinal)
               from packages in (string[])["site-packages", "dist-packages"]
               from package in (string[])["cu13", "cuda_nvrtc"]
               select Path.Combine(python, packages, "nvidia", package, "lib");
    }

    private static IEnumerable<string> FilesIn(string folder)
    {
        var files = _nvrtcNames.Select(name => Path.Combine(folder, name)).Where(File.Exists).ToArray();
        return files.Length > 0 ? files : [Path.Combine(folder, _nvrtcNames[^1])];
    }
}
