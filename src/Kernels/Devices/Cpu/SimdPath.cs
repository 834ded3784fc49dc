using System.Runtime.Intrinsics;

namespace Gpu.Kernels.Devices.Cpu;

/// <summary>Which code the CPU accelerator runs for an operation.</summary>
public enum SimdPath
{
    /// <summary>The SIMD twin with vectors of one element.</summary>
    Scalar,

    /// <summary>The SIMD twin with 128-bit vectors.</summary>
    Vector128,

    /// <summary>The SIMD twin with 256-bit vectors.</summary>
    Vector256,

    /// <summary>The SIMD twin with 512-bit vectors.</summary>
    Vector512,
}

/// <summary>What this machine has of <see cref="SimdPath"/>.</summary>
public static class SimdPaths
{
    /// <summary>The environment variable that sets the default path.</summary>
    public const string Variable = "GPU_CPU_SIMD";

    /// <summary>The paths that run at full speed here, widest last.</summary>
    public static IReadOnlyList<SimdPath> Available { get; } = [.. Enum.GetValues<SimdPath>().Where(IsAvailable)];

    /// <summary>The path the environment asks for, else the widest that the hardware has.</summary>
    public static SimdPath Default()
    {
        var asked = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(asked))
        {
            return Available[^1];
        }

        // By name: a number would be taken for a path of that number.
        var at = Available.ToList().FindIndex(path => path.ToString().Equals(asked, StringComparison.OrdinalIgnoreCase));
        return at >= 0
            ? Available[at]
            : throw new DeviceException($"{Variable}={asked}: this machine has {string.Join(", ", Available).ToLowerInvariant()}.");
    }

    private static bool IsAvailable(SimdPath path) => path switch
    {
        SimdPath.Vector512 => Vector512.IsHardwareAccelerated,
        SimdPath.Vector256 => Vector256.IsHardwareAccelerated,
        SimdPath.Vector128 => Vector128.IsHardwareAccelerated,
        _ => true,
    };
}
