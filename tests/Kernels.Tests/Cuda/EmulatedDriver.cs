using System.Runtime.InteropServices;
using System.Text;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cuda;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>The part of a CUDA driver that says which devices there are.</summary>
internal sealed unsafe class EmulatedDriver
{
    private static readonly Dictionary<int, (nint Name, nint Text)> _errors = new()
    {
        [100] = Names("CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"),
        [803] = Names("CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "system has unsupported display driver / cuda driver combination"),
    };

    private readonly List<Delegate> _functions = [];

    /// <summary>What cuInit returns.</summary>
    internal int InitCode { get; init; }

    internal int DeviceCount { get; init; } = 1;

    /// <summary>12040 is CUDA 12.4.</summary>
    internal int Version { get; init; } = 12040;

    /// <summary>The devices' compute capability.</summary>
    internal int Capability { get; init; } = 90;

    internal int ComputeMode { get; init; }

    /// <summary>What cuDeviceTotalMem returns.</summary>
    internal int MemoryCode { get; init; }

    /// <summary>What is found on a machine with this driver.</summary>
    internal BackendDiscovery Discover() =>
        CudaDiscovery.Run(new CudaDriver(new CudaNative(Export), "libcuda.so.1"), [new LibraryAttempt("libcuda.so.1", "loaded")]);

    private static (nint Name, nint Text) Names(string name, string text) =>
        (Marshal.StringToCoTaskMemUTF8(name), Marshal.StringToCoTaskMemUTF8(text));

    private nint Export(string name)
    {
        Delegate function = name switch
        {
            "cuInit" => (Init)(_ => InitCode),
            "cuDriverGetVersion" => (Number)(value => Set(value, Version)),
            "cuDeviceGetCount" => (Number)(value => Set(value, DeviceCount)),
            "cuDeviceGet" => (NumberOf)((value, ordinal) => Set(value, ordinal)),
            "cuGetErrorName" => (ErrorText)((code, text) => Describe(code, text, isName: true)),
            "cuGetErrorString" => (ErrorText)((code, text) => Describe(code, text, isName: false)),
            "cuDeviceGetName" => (DeviceName)NameDevice,
            "cuDeviceTotalMem_v2" => (TotalMemory)((bytes, _) =>
            {
                *bytes = 1 << 30;
                return MemoryCode;
            }),
            "cuDeviceGetAttribute" => (Attribute)((value, attribute, _) => Set(value, attribute switch
            {
                16 => 58,
                20 => ComputeMode,
                75 => Capability / 10,
                76 => Capability % 10,
                _ => throw new ArgumentOutOfRangeException(nameof(attribute), attribute, "not emulated"),
            })),
            _ => throw new EntryPointNotFoundException($"has no function {name}"),
        };
        _functions.Add(function);
        return Marshal.GetFunctionPointerForDelegate(function);
    }

    private static int Set(int* place, int value)
    {
        *place = value;
        return 0;
    }

    private static int Describe(int code, byte** text, bool isName)
    {
        *text = _errors.TryGetValue(code, out var error) ? (byte*)(isName ? error.Name : error.Text) : null;
        return *text == null ? 1 : 0;
    }

    private static int NameDevice(byte* name, int length, int device)
    {
        var bytes = Encoding.UTF8.GetBytes($"Emulated Device {device}\0");
        bytes.AsSpan(0, Math.Min(bytes.Length, length)).CopyTo(new Span<byte>(name, length));
        return 0;
    }

    private delegate int Init(uint flags);

    private delegate int Number(int* value);

    private delegate int NumberOf(int* value, int ordinal);

    private delegate int ErrorText(int code, byte** text);

    private delegate int DeviceName(byte* name, int length, int device);

    private delegate int TotalMemory(nuint* bytes, int device);

    private delegate int Attribute(int* value, int attribute, int device);
}
