using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>
/// The functions of the CUDA driver that are called here. Names, parameters and numbers are those of the "CUDA Driver API"
/// reference, CUDA 11.4; a name with a version at its end is the one that the header of that release maps the plain name to.
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
    internal readonly delegate* unmanaged<nint*, int, int> cuDevicePrimaryCtxRetain;
    internal readonly delegate* unmanaged<int, int> cuDevicePrimaryCtxRelease_v2;
    internal readonly delegate* unmanaged<nint, int> cuCtxSetCurrent;
    internal readonly delegate* unmanaged<nuint*, nuint*, int> cuMemGetInfo_v2;
    internal readonly delegate* unmanaged<nint*, nuint, int> cuMemAlloc_v2;
    internal readonly delegate* unmanaged<nint, int> cuMemFree_v2;
    internal readonly delegate* unmanaged<void**, nuint, uint, int> cuMemHostAlloc;
    internal readonly delegate* unmanaged<void*, int> cuMemFreeHost;
    internal readonly delegate* unmanaged<nint, void*, nuint, nint, int> cuMemcpyHtoDAsync_v2;
    internal readonly delegate* unmanaged<void*, nint, nuint, nint, int> cuMemcpyDtoHAsync_v2;
    internal readonly delegate* unmanaged<nint*, uint, int> cuStreamCreate;
    internal readonly delegate* unmanaged<nint, int> cuStreamDestroy_v2;
    internal readonly delegate* unmanaged<nint, int> cuStreamSynchronize;
    internal readonly delegate* unmanaged<nint*, uint, int> cuEventCreate;
    internal readonly delegate* unmanaged<nint, int> cuEventDestroy_v2;
    internal readonly delegate* unmanaged<nint, nint, int> cuEventRecord;
    internal readonly delegate* unmanaged<nint, int> cuEventSynchronize;
    internal readonly delegate* unmanaged<float*, nint, nint, int> cuEventElapsedTime;
    internal readonly delegate* unmanaged<nint*, void*, uint, int*, void**, int> cuModuleLoadDataEx;
    internal readonly delegate* unmanaged<nint, int> cuModuleUnload;
    internal readonly delegate* unmanaged<nint*, nint, byte*, int> cuModuleGetFunction;
    internal readonly delegate* unmanaged<int*, int, nint, int> cuFuncGetAttribute;
    internal readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> cuLaunchKernel;
    internal readonly delegate* unmanaged<nint*, uint, int> cuGraphCreate;
    internal readonly delegate* unmanaged<nint, int> cuGraphDestroy;
    internal readonly delegate* unmanaged<nint*, nint, nint*, nuint, CudaKernelNode*, int> cuGraphAddKernelNode;
    internal readonly delegate* unmanaged<nint*, nint, ulong, int> cuGraphInstantiateWithFlags;
    internal readonly delegate* unmanaged<nint, int> cuGraphExecDestroy;
    internal readonly delegate* unmanaged<nint, nint, int> cuGraphLaunch;

    /// <summary>Takes the functions by name.</summary>
    /// <exception cref="EntryPointNotFoundException">One is missing: the driver is older than CUDA 11.4.</exception>
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
        cuDevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)find(nameof(cuDevicePrimaryCtxRetain));
        cuDevicePrimaryCtxRelease_v2 = (delegate* unmanaged<int, int>)find(nameof(cuDevicePrimaryCtxRelease_v2));
        cuCtxSetCurrent = (delegate* unmanaged<nint, int>)find(nameof(cuCtxSetCurrent));
        cuMemGetInfo_v2 = (delegate* unmanaged<nuint*, nuint*, int>)find(nameof(cuMemGetInfo_v2));
        cuMemAlloc_v2 = (delegate* unmanaged<nint*, nuint, int>)find(nameof(cuMemAlloc_v2));
        cuMemFree_v2 = (delegate* unmanaged<nint, int>)find(nameof(cuMemFree_v2));
        cuMemHostAlloc = (delegate* unmanaged<void**, nuint, uint, int>)find(nameof(cuMemHostAlloc));
        cuMemFreeHost = (delegate* unmanaged<void*, int>)find(nameof(cuMemFreeHost));
        cuMemcpyHtoDAsync_v2 = (delegate* unmanaged<nint, void*, nuint, nint, int>)find(nameof(cuMemcpyHtoDAsync_v2));
        cuMemcpyDtoHAsync_v2 = (delegate* unmanaged<void*, nint, nuint, nint, int>)find(nameof(cuMemcpyDtoHAsync_v2));
        cuStreamCreate = (delegate* unmanaged<nint*, uint, int>)find(nameof(cuStreamCreate));
        cuStreamDestroy_v2 = (delegate* unmanaged<nint, int>)find(nameof(cuStreamDestroy_v2));
        cuStreamSynchronize = (delegate* unmanaged<nint, int>)find(nameof(cuStreamSynchronize));
        cuEventCreate = (delegate* unmanaged<nint*, uint, int>)find(nameof(cuEventCreate));
        cuEventDestroy_v2 = (delegate* unmanaged<nint, int>)find(nameof(cuEventDestroy_v2));
        cuEventRecord = (delegate* unmanaged<nint, nint, int>)find(nameof(cuEventRecord));
        cuEventSynchronize = (delegate* unmanaged<nint, int>)find(nameof(cuEventSynchronize));
        cuEventElapsedTime = (delegate* unmanaged<float*, nint, nint, int>)find(nameof(cuEventElapsedTime));
        cuModuleLoadDataEx = (delegate* unmanaged<nint*, void*, uint, int*, void**, int>)find(nameof(cuModuleLoadDataEx));
        cuModuleUnload = (delegate* unmanaged<nint, int>)find(nameof(cuModuleUnload));
        cuModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)find(nameof(cuModuleGetFunction));
        cuFuncGetAttribute = (delegate* unmanaged<int*, int, nint, int>)find(nameof(cuFuncGetAttribute));
        cuLaunchKernel = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)
            find(nameof(cuLaunchKernel));
        cuGraphCreate = (delegate* unmanaged<nint*, uint, int>)find(nameof(cuGraphCreate));
        cuGraphDestroy = (delegate* unmanaged<nint, int>)find(nameof(cuGraphDestroy));
        cuGraphAddKernelNode = (delegate* unmanaged<nint*, nint, nint*, nuint, CudaKernelNode*, int>)find(nameof(cuGraphAddKernelNode));
        cuGraphInstantiateWithFlags = (delegate* unmanaged<nint*, nint, ulong, int>)find(nameof(cuGraphInstantiateWithFlags));
        cuGraphExecDestroy = (delegate* unmanaged<nint, int>)find(nameof(cuGraphExecDestroy));
        cuGraphLaunch = (delegate* unmanaged<nint, nint, int>)find(nameof(cuGraphLaunch));
    }
}

/// <summary>A kernel as a node of a graph: CUDA_KERNEL_NODE_PARAMS in its first version, which cuGraphAddKernelNode takes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CudaKernelNode
{
    internal nint Function;
    internal uint GridX, GridY, GridZ;
    internal uint GroupX, GroupY, GroupZ;
    internal uint DynamicSharedBytes;
    internal void** Parameters;
    internal void** Extra;
}
