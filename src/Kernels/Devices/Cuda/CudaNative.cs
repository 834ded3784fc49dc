using System.Diagnostics.CodeAnalysis;

namespace Gpu.Kernels.Devices.Cuda;

/// <summary>
/// The questions that a CUDA driver is asked before ILGPU opens a device, since ILGPU keeps the answers to itself. Names, parameters and
/// numbers are those of the "CUDA Driver API" reference, CUDA 11.4.
/// </summary>
[SuppressMessage("Naming", "CA1707", Justification = "The names are the driver's.")]
internal sealed unsafe class CudaNative
{
    internal readonly delegate* unmanaged<uint, int> cuInit;
    internal readonly delegate* unmanaged<int*, int> cuDriverGetVersion;
    internal readonly delegate* unmanaged<int, byte**, int> cuGetErrorName;
    internal readonly delegate* unmanaged<int, byte**, int> cuGetErrorString;
    internal readonly delegate* unmanaged<int*, int> cuDeviceGetCount;
    internal readonly delegate* unmanaged<int*, int, int> cuDeviceGet;
    internal readonly delegate* unmanaged<byte*, int, int, int> cuDeviceGetName;
    internal readonly delegate* unmanaged<nuint*, int, int> cuDeviceTotalMem_v2;
    internal readonly delegate* unmanaged<int*, int, int, int> cuDeviceGetAttribute;

    /// <summary>Takes the functions by name.</summary>
    /// <exception cref="EntryPointNotFoundException">One is missing: the library is no CUDA driver, or the driver is too old.</exception>
    internal CudaNative(Func<string, nint> find)
    {
        cuInit = (delegate* unmanaged<uint, int>)find(nameof(cuInit));
        cuDriverGetVersion = (delegate* unmanaged<int*, int>)find(nameof(cuDriverGetVersion));
        cuGetErrorName = (delegate* unmanaged<int, byte**, int>)find(nameof(cuGetErrorName));
        cuGetErrorString = (delegate* unmanaged<int, byte**, int>)find(nameof(cuGetErrorString));
        cuDeviceGetCount = (delegate* unmanaged<int*, int>)find(nameof(cuDeviceGetCount));
        cuDeviceGet = (delegate* unmanaged<int*, int, int>)find(nameof(cuDeviceGet));
        cuDeviceGetName = (delegate* unmanaged<byte*, int, int, int>)find(nameof(cuDeviceGetName));
        cuDeviceTotalMem_v2 = (delegate* unmanaged<nuint*, int, int>)find(nameof(cuDeviceTotalMem_v2));
        cuDeviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)find(nameof(cuDeviceGetAttribute));
    }
}
