using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Libraries;
using ILGPU.Runtime.OpenCL;

namespace Gpu.Kernels.Devices.OpenCl;

/// <summary>
/// The questions that OpenCL is asked before ILGPU opens a device, since ILGPU keeps the answers to itself. Names and meanings are those of
/// the specification ("The OpenCL Specification", version 3.0, Khronos 2020).
/// </summary>
[SuppressMessage("Naming", "CA1707", Justification = "The names are the specification's.")]
internal sealed unsafe class OpenClNative
{
    internal readonly delegate* unmanaged<uint, nint*, uint*, int> clGetPlatformIDs;
    internal readonly delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetPlatformInfo;
    internal readonly delegate* unmanaged<nint, ulong, uint, nint*, uint*, int> clGetDeviceIDs;
    internal readonly delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetDeviceInfo;

    /// <summary>Takes the functions by name.</summary>
    /// <exception cref="EntryPointNotFoundException">One is missing.</exception>
    internal OpenClNative(Func<string, nint> find)
    {
        clGetPlatformIDs = (delegate* unmanaged<uint, nint*, uint*, int>)find(nameof(clGetPlatformIDs));
        clGetPlatformInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)find(nameof(clGetPlatformInfo));
        clGetDeviceIDs = (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)find(nameof(clGetDeviceIDs));
        clGetDeviceInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)find(nameof(clGetDeviceInfo));
    }

    /// <summary>The functions that a library exports.</summary>
    internal static OpenClNative FromLibrary(nint library) => new(name => LibraryLoader.Export(library, name));

    /// <summary>The name of a return code, with its number.</summary>
    internal static string NameOf(int code) => Enum.IsDefined((CLError)code) ? $"{(CLError)code} ({code})" : $"error {code}";

    /// <summary>Throws where a call has failed.</summary>
    /// <param name="code">What the call returned.</param>
    /// <param name="call">The call.</param>
    /// <param name="detail">What it was about: names and sizes.</param>
    internal static void Check(int code, string call, [InterpolatedStringHandlerArgument(nameof(code))] CallDetail detail)
    {
        if (code != 0)
        {
            throw new DeviceException($"{call} failed with {NameOf(code)}: {detail.Take()}.");
        }
    }
}
