using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;

namespace Gpu.Kernels.Devices.Ilgpu;

/// <summary>
/// The libraries that ILGPU, and the few calls of ours beside it, ask for. On Linux ILGPU asks for names that development packages bring,
/// while drivers bring those that end in 1.
/// </summary>
internal static class NativeLibraries
{
    /// <summary>What P/Invokes call the CUDA driver.</summary>
    internal const string Cuda = "cuda";

    private static readonly Lock _lock = new();
    private static bool _isResolved;

    /// <summary>Sees to it, once, that the names lead to the drivers' files.</summary>
    internal static void Resolve()
    {
        lock (_lock)
        {
            if (_isResolved)
            {
                return;
            }

            _isResolved = true;
            NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Find);

            // Under WSL ILGPU sets a resolver of its own, and an assembly can have only one.
            if (!IsWsl())
            {
                NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Find);
            }
        }
    }

    /// <summary>The file of a name, or null where the runtime is to look by itself.</summary>
    internal static string? FileOf(string name) => name switch
    {
        Cuda when OperatingSystem.IsWindows() => "nvcuda.dll",
        Cuda or "OpenCL" when OperatingSystem.IsLinux() => $"lib{name}.so.1",
        _ => null,
    };

    private static nint Find(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        FileOf(name) is { } file && NativeLibrary.TryLoad(file, out var library) ? library
        : name == Cuda && IsWsl() && NativeLibrary.TryLoad("/usr/lib/wsl/lib/libcuda.so.1", out library) ? library
        : 0;

    private static bool IsWsl()
    {
        const string version = "/proc/version";
        return OperatingSystem.IsLinux() && File.Exists(version)
            && File.ReadAllText(version).Contains("Microsoft", StringComparison.OrdinalIgnoreCase);
    }
}
