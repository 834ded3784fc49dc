using System.Diagnostics.CodeAnalysis;
using Gpu.Kernels.Accelerators.Libraries;

namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>
/// The functions of OpenCL 1.2 that are called here, from a loader or from a driver itself. Names and meanings are those of the
/// specification ("The OpenCL Specification", version 1.2, Khronos 2012).
/// </summary>
[SuppressMessage("Naming", "CA1707", Justification = "The names are the specification's.")]
internal sealed unsafe class OpenClNative
{
    internal readonly delegate* unmanaged<uint, nint*, uint*, int> clGetPlatformIDs;
    internal readonly delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetPlatformInfo;
    internal readonly delegate* unmanaged<nint, ulong, uint, nint*, uint*, int> clGetDeviceIDs;
    internal readonly delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetDeviceInfo;
    internal readonly delegate* unmanaged<nint*, uint, nint*, void*, void*, int*, nint> clCreateContext;
    internal readonly delegate* unmanaged<nint, int> clReleaseContext;
    internal readonly delegate* unmanaged<nint, nint, ulong, int*, nint> clCreateCommandQueue;
    internal readonly delegate* unmanaged<nint, int> clReleaseCommandQueue;
    internal readonly delegate* unmanaged<nint, ulong, nuint, void*, int*, nint> clCreateBuffer;
    internal readonly delegate* unmanaged<nint, int> clReleaseMemObject;
    internal readonly delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint> clCreateProgramWithSource;
    internal readonly delegate* unmanaged<nint, uint, nint*, nuint*, byte**, int*, int*, nint> clCreateProgramWithBinary;
    internal readonly delegate* unmanaged<nint, int> clReleaseProgram;
    internal readonly delegate* unmanaged<nint, uint, nint*, byte*, void*, void*, int> clBuildProgram;
    internal readonly delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetProgramInfo;
    internal readonly delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int> clGetProgramBuildInfo;
    internal readonly delegate* unmanaged<nint, byte*, int*, nint> clCreateKernel;
    internal readonly delegate* unmanaged<nint, int> clReleaseKernel;
    internal readonly delegate* unmanaged<nint, uint, nuint, void*, int> clSetKernelArg;
    internal readonly delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int> clGetKernelWorkGroupInfo;
    internal readonly delegate* unmanaged<uint, nint*, int> clWaitForEvents;
    internal readonly delegate* unmanaged<nint, int> clReleaseEvent;
    internal readonly delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetEventProfilingInfo;
    internal readonly delegate* unmanaged<nint, int> clFlush;
    internal readonly delegate* unmanaged<nint, int> clFinish;
    internal readonly delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> clEnqueueReadBuffer;
    internal readonly delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> clEnqueueWriteBuffer;
    internal readonly delegate* unmanaged<nint, nint, uint, ulong, nuint, nuint, uint, nint*, nint*, int*, void*> clEnqueueMapBuffer;
    internal readonly delegate* unmanaged<nint, nint, void*, uint, nint*, nint*, int> clEnqueueUnmapMemObject;
    internal readonly delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int> clEnqueueNDRangeKernel;

    /// <summary>Takes the functions by name.</summary>
    /// <exception cref="EntryPointNotFoundException">One is missing.</exception>
    internal OpenClNative(Func<string, nint> find)
    {
        clGetPlatformIDs = (delegate* unmanaged<uint, nint*, uint*, int>)find(nameof(clGetPlatformIDs));
        clGetPlatformInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)find(nameof(clGetPlatformInfo));
        clGetDeviceIDs = (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)find(nameof(clGetDeviceIDs));
        clGetDeviceInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)find(nameof(clGetDeviceInfo));
        clCreateContext = (delegate* unmanaged<nint*, uint, nint*, void*, void*, int*, nint>)find(nameof(clCreateContext));
        clReleaseContext = (delegate* unmanaged<nint, int>)find(nameof(clReleaseContext));
        clCreateCommandQueue = (delegate* unmanaged<nint, nint, ulong, int*, nint>)find(nameof(clCreateCommandQueue));
        clReleaseCommandQueue = (delegate* unmanaged<nint, int>)find(nameof(clReleaseCommandQueue));
        clCreateBuffer = (delegate* unmanaged<nint, ulong, nuint, void*, int*, nint>)find(nameof(clCreateBuffer));
        clReleaseMemObject = (delegate* unmanaged<nint, int>)find(nameof(clReleaseMemObject));
        clCreateProgramWithSource = (delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint>)find(nameof(clCreateProgramWithSource));
        clCreateProgramWithBinary = (delegate* unmanaged<nint, uint, nint*, nuint*, byte**, int*, int*, nint>)
            find(nameof(clCreateProgramWithBinary));
        clReleaseProgram = (delegate* unmanaged<nint, int>)find(nameof(clReleaseProgram));
        clBuildProgram = (delegate* unmanaged<nint, uint, nint*, byte*, void*, void*, int>)find(nameof(clBuildProgram));
        clGetProgramInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)find(nameof(clGetProgramInfo));
        clGetProgramBuildInfo = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)find(nameof(clGetProgramBuildInfo));
        clCreateKernel = (delegate* unmanaged<nint, byte*, int*, nint>)find(nameof(clCreateKernel));
        clReleaseKernel = (delegate* unmanaged<nint, int>)find(nameof(clReleaseKernel));
        clSetKernelArg = (delegate* unmanaged<nint, uint, nuint, void*, int>)find(nameof(clSetKernelArg));
        clGetKernelWorkGroupInfo = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)find(nameof(clGetKernelWorkGroupInfo));
        clWaitForEvents = (delegate* unmanaged<uint, nint*, int>)find(nameof(clWaitForEvents));
        clReleaseEvent = (delegate* unmanaged<nint, int>)find(nameof(clReleaseEvent));
        clGetEventProfilingInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)find(nameof(clGetEventProfilingInfo));
        clFlush = (delegate* unmanaged<nint, int>)find(nameof(clFlush));
        clFinish = (delegate* unmanaged<nint, int>)find(nameof(clFinish));
        clEnqueueReadBuffer = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)
            find(nameof(clEnqueueReadBuffer));
        clEnqueueWriteBuffer = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)
            find(nameof(clEnqueueWriteBuffer));
        clEnqueueMapBuffer = (delegate* unmanaged<nint, nint, uint, ulong, nuint, nuint, uint, nint*, nint*, int*, void*>)
            find(nameof(clEnqueueMapBuffer));
        clEnqueueUnmapMemObject = (delegate* unmanaged<nint, nint, void*, uint, nint*, nint*, int>)
            find(nameof(clEnqueueUnmapMemObject));
        clEnqueueNDRangeKernel = (delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int>)
            find(nameof(clEnqueueNDRangeKernel));
    }

    /// <summary>The functions that a library exports.</summary>
    internal static OpenClNative FromLibrary(nint library) => new(name => LibraryLoader.Export(library, name));

    /// <summary>
    /// The functions of a driver that only the loader is meant to call: the driver names its platforms, and each object starts with
    /// a pointer to a table of functions in a fixed order (extension cl_khr_icd).
    /// </summary>
    internal static OpenClNative FromDriver(nint library)
    {
        var findExtension = (delegate* unmanaged<byte*, nint>)LibraryLoader.Export(library, "clGetExtensionFunctionAddress");
        nint getPlatforms;
        fixed (byte* name = "clIcdGetPlatformIDsKHR"u8)
        {
            getPlatforms = findExtension(name);
        }

        nint platform = 0;
        var code = getPlatforms == 0 ? -1 : ((delegate* unmanaged<uint, nint*, uint*, int>)getPlatforms)(1, &platform, null);
        if (code != 0 || platform == 0)
        {
            throw new EntryPointNotFoundException($"clIcdGetPlatformIDsKHR names no platform ({OpenClError.Name(code)})");
        }

        var table = *(nint**)platform;
        return new OpenClNative(name => name == nameof(clGetPlatformIDs) ? getPlatforms : table[DriverTable.IndexOf(name)]);
    }

    /// <summary>Where the functions stand in a driver's table.</summary>
    private static class DriverTable
    {
        private static readonly Dictionary<string, int> _indices = new()
        {
            [nameof(clGetPlatformInfo)] = 1,
            [nameof(clGetDeviceIDs)] = 2,
            [nameof(clGetDeviceInfo)] = 3,
            [nameof(clCreateContext)] = 4,
            [nameof(clReleaseContext)] = 7,
            [nameof(clCreateCommandQueue)] = 9,
            [nameof(clReleaseCommandQueue)] = 11,
            [nameof(clCreateBuffer)] = 14,
            [nameof(clReleaseMemObject)] = 18,
            [nameof(clCreateProgramWithSource)] = 26,
            [nameof(clCreateProgramWithBinary)] = 27,
            [nameof(clReleaseProgram)] = 29,
            [nameof(clBuildProgram)] = 30,
            [nameof(clGetProgramInfo)] = 32,
            [nameof(clGetProgramBuildInfo)] = 33,
            [nameof(clCreateKernel)] = 34,
            [nameof(clReleaseKernel)] = 37,
            [nameof(clSetKernelArg)] = 38,
            [nameof(clGetKernelWorkGroupInfo)] = 40,
            [nameof(clWaitForEvents)] = 41,
            [nameof(clReleaseEvent)] = 44,
            [nameof(clGetEventProfilingInfo)] = 45,
            [nameof(clFlush)] = 46,
            [nameof(clFinish)] = 47,
            [nameof(clEnqueueReadBuffer)] = 48,
            [nameof(clEnqueueWriteBuffer)] = 49,
            [nameof(clEnqueueMapBuffer)] = 56,
            [nameof(clEnqueueUnmapMemObject)] = 58,
            [nameof(clEnqueueNDRangeKernel)] = 59,
        };

        internal static int IndexOf(string name) => _indices[name];
    }
}
