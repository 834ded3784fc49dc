using System.Runtime.InteropServices;
using System.Text;

namespace Gpu.Kernels.Tests.Cuda.Emulation;

/// <summary>The table of functions; devices, errors, contexts.</summary>
internal sealed unsafe partial class EmulatedCuda
{
    private const string DeviceName = "Emulated Device";

    [ThreadStatic]
    private static nint _threadContext;

    private static readonly Dictionary<int, (nint Name, nint Text)> _errors = new()
    {
        [OutOfMemory] = Names("CUDA_ERROR_OUT_OF_MEMORY", "out of memory"),
        [100] = Names("CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"),
        [InvalidImage] = Names("CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"),
        [NoBinary] = Names("CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"),
        [IllegalAddress] = Names("CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"),
        [803] = Names("CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "system has unsupported display driver / cuda driver combination"),
    };

    private static readonly Dictionary<string, nint> _functions = new()
    {
        ["cuInit"] = (nint)(delegate* unmanaged<uint, int>)&Init,
        ["cuDriverGetVersion"] = (nint)(delegate* unmanaged<int*, int>)&DriverGetVersion,
        ["cuGetErrorName"] = (nint)(delegate* unmanaged<int, byte**, int>)&GetErrorName,
        ["cuGetErrorString"] = (nint)(delegate* unmanaged<int, byte**, int>)&GetErrorString,
        ["cuDeviceGetCount"] = (nint)(delegate* unmanaged<int*, int>)&DeviceGetCount,
        ["cuDeviceGet"] = (nint)(delegate* unmanaged<int*, int, int>)&DeviceGet,
        ["cuDeviceGetName"] = (nint)(delegate* unmanaged<byte*, int, int, int>)&DeviceGetName,
        ["cuDeviceTotalMem_v2"] = (nint)(delegate* unmanaged<nuint*, int, int>)&DeviceTotalMem,
        ["cuDeviceGetAttribute"] = (nint)(delegate* unmanaged<int*, int, int, int>)&DeviceGetAttribute,
        ["cuDevicePrimaryCtxRetain"] = (nint)(delegate* unmanaged<nint*, int, int>)&PrimaryCtxRetain,
        ["cuDevicePrimaryCtxRelease_v2"] = (nint)(delegate* unmanaged<int, int>)&PrimaryCtxRelease,
        ["cuCtxSetCurrent"] = (nint)(delegate* unmanaged<nint, int>)&CtxSetCurrent,
        ["cuMemGetInfo_v2"] = (nint)(delegate* unmanaged<nuint*, nuint*, int>)&MemGetInfo,
        ["cuMemAlloc_v2"] = (nint)(delegate* unmanaged<nint*, nuint, int>)&MemAlloc,
        ["cuMemFree_v2"] = (nint)(delegate* unmanaged<nint, int>)&MemFree,
        ["cuMemHostAlloc"] = (nint)(delegate* unmanaged<void**, nuint, uint, int>)&MemHostAlloc,
        ["cuMemFreeHost"] = (nint)(delegate* unmanaged<void*, int>)&MemFreeHost,
        ["cuMemcpyHtoDAsync_v2"] = (nint)(delegate* unmanaged<nint, void*, nuint, nint, int>)&MemcpyHtoD,
        ["cuMemcpyDtoHAsync_v2"] = (nint)(delegate* unmanaged<void*, nint, nuint, nint, int>)&MemcpyDtoH,
        ["cuStreamCreate"] = (nint)(delegate* unmanaged<nint*, uint, int>)&StreamCreate,
        ["cuStreamDestroy_v2"] = (nint)(delegate* unmanaged<nint, int>)&StreamDestroy,
        ["cuStreamSynchronize"] = (nint)(delegate* unmanaged<nint, int>)&StreamSynchronize,
        ["cuEventCreate"] = (nint)(delegate* unmanaged<nint*, uint, int>)&EventCreate,
        ["cuEventDestroy_v2"] = (nint)(delegate* unmanaged<nint, int>)&EventDestroy,
        ["cuEventRecord"] = (nint)(delegate* unmanaged<nint, nint, int>)&EventRecord,
        ["cuEventSynchronize"] = (nint)(delegate* unmanaged<nint, int>)&EventSynchronize,
        ["cuEventElapsedTime"] = (nint)(delegate* unmanaged<float*, nint, nint, int>)&EventElapsedTime,
        ["cuModuleLoadDataEx"] = (nint)(delegate* unmanaged<nint*, void*, uint, int*, void**, int>)&ModuleLoadData,
        ["cuModuleUnload"] = (nint)(delegate* unmanaged<nint, int>)&ModuleUnload,
        ["cuModuleGetFunction"] = (nint)(delegate* unmanaged<nint*, nint, byte*, int>)&ModuleGetFunction,
        ["cuFuncGetAttribute"] = (nint)(delegate* unmanaged<int*, int, nint, int>)&FuncGetAttribute,
        ["cuLaunchKernel"] =
            (nint)(delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)&LaunchKernel,
        ["cuGraphCreate"] = (nint)(delegate* unmanaged<nint*, uint, int>)&GraphCreate,
        ["cuGraphDestroy"] = (nint)(delegate* unmanaged<nint, int>)&GraphDestroy,
        ["cuGraphAddKernelNode"] =
            (nint)(delegate* unmanaged<nint*, nint, nint*, nuint, Accelerators.Cuda.CudaKernelNode*, int>)&GraphAddKernelNode,
        ["cuGraphInstantiateWithFlags"] = (nint)(delegate* unmanaged<nint*, nint, ulong, int>)&GraphInstantiate,
        ["cuGraphExecDestroy"] = (nint)(delegate* unmanaged<nint, int>)&GraphExecDestroy,
        ["cuGraphLaunch"] = (nint)(delegate* unmanaged<nint, nint, int>)&GraphLaunch,
    };

    private PrimaryContext? CurrentContext => Get<PrimaryContext>(_threadContext);

    private nint Export(string name) => name != MissingFunction && _functions.TryGetValue(name, out var function)
        ? function
        : throw new EntryPointNotFoundException($"has no function {name}");

    private static (nint Name, nint Text) Names(string name, string text) =>
        (Marshal.StringToCoTaskMemUTF8(name), Marshal.StringToCoTaskMemUTF8(text));

    [UnmanagedCallersOnly]
    private static int Init(uint flags) => Run("cuInit", d => flags == 0 ? d.InitCode : InvalidValue, inContext: false);

    [UnmanagedCallersOnly]
    private static int DriverGetVersion(int* version) => Run("cuDriverGetVersion", d =>
    {
        *version = d.Version;
        return Success;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int GetErrorName(int code, byte** text)
    {
        *text = _errors.TryGetValue(code, out var error) ? (byte*)error.Name : null;
        return *text == null ? InvalidValue : Success;
    }

    [UnmanagedCallersOnly]
    private static int GetErrorString(int code, byte** text)
    {
        *text = _errors.TryGetValue(code, out var error) ? (byte*)error.Text : null;
        return *text == null ? InvalidValue : Success;
    }

    [UnmanagedCallersOnly]
    private static int DeviceGetCount(int* count) => Run("cuDeviceGetCount", d =>
    {
        *count = d.DeviceCount;
        return Success;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int DeviceGet(int* device, int ordinal) => Run("cuDeviceGet", d =>
    {
        *device = ordinal;
        return ordinal >= 0 && ordinal < d.DeviceCount ? Success : InvalidValue;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int DeviceGetName(byte* name, int length, int device) => Run("cuDeviceGetName", d =>
    {
        var bytes = Encoding.UTF8.GetBytes($"{DeviceName} {device}\0");
        bytes.AsSpan(0, Math.Min(bytes.Length, length)).CopyTo(new Span<byte>(name, length));
        return Success;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int DeviceTotalMem(nuint* bytes, int device) => Run("cuDeviceTotalMem_v2", d =>
    {
        *bytes = (nuint)d.MemoryBytes;
        return Success;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int DeviceGetAttribute(int* value, int attribute, int device) => Run("cuDeviceGetAttribute", d =>
    {
        *value = attribute switch
        {
            1 => d.LanesOfGroup,
            8 => 48 * 1024,
            10 => 32,
            16 => d.Multiprocessors,
            20 => d.ComputeMode,
            75 => d.Capability / 10,
            76 => d.Capability % 10,
            _ => throw new ArgumentOutOfRangeException(nameof(attribute), attribute, "not emulated"),
        };
        return Success;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int PrimaryCtxRetain(nint* context, int device) => Run("cuDevicePrimaryCtxRetain", d =>
    {
        var found = d._objects.FirstOrDefault(o => o.Value is PrimaryContext c && c.Device == device);
        *context = found.Key != 0 ? found.Key : d.Add(new PrimaryContext { Device = device });
        d.Get<PrimaryContext>(*context)!.Holders++;
        return Success;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int PrimaryCtxRelease(int device) => Run("cuDevicePrimaryCtxRelease_v2", d =>
    {
        var (handle, item) = d._objects.FirstOrDefault(o => o.Value is PrimaryContext c && c.Device == device);
        if (item is not PrimaryContext context)
        {
            return d.Violation("a context was released that nobody holds", InvalidContext);
        }

        if (--context.Holders > 0)
        {
            return Success;
        }

        d._objects.Remove(handle);
        if (d._sticky != 0)
        {
            // What a lost device still holds goes with its context.
            d.FreeAll();
            return Success;
        }

        return d.Alive.Count == 0 ? Success
            : d.Violation($"the context was released before {string.Join(", ", d.Alive.Select(a => $"{a.Value} {a.Key}"))}", Success);
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int CtxSetCurrent(nint context) => Counted(Mark, CtxSetCurrentCore(context));

    private static int CtxSetCurrentCore(nint context) => Run("cuCtxSetCurrent", d =>
    {
        _threadContext = context;
        return context == 0 || d.CurrentContext is not null ? Success : d.Violation("a context was set that is not there", InvalidContext);
    }, inContext: false);

    private sealed class PrimaryContext
    {
        internal int Device { get; init; }

        internal int Holders { get; set; }
    }
}
