using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Gpu.Kernels.Accelerators.OpenCl;

namespace Gpu.Kernels.Tests.OpenCl;

/// <summary>
/// An OpenCL driver that computes nothing: platforms and devices to be found, objects that are counted until they are released, and calls that
/// fail when told to. A function that it does not have returns CL_INVALID_OPERATION.
/// </summary>
internal sealed unsafe class EmulatedOpenCl
{
    internal const int NotAvailable = -2;
    internal const int OutOfMemory = -4;
    internal const int InvalidQueue = -36;
    internal const int InvalidObject = -38;

    private readonly List<Delegate> _functions = [];
    private readonly Dictionary<nint, string> _objects = [];
    private readonly Dictionary<string, (int Code, bool Always)> _failures = [];
    private readonly List<byte[]> _memory = [];
    private nint _last = 1000;

    /// <summary>Platforms, each with its devices; a device that is null fails when it is asked what it is.</summary>
    internal IReadOnlyList<(string Name, string?[] Devices)> Platforms { get; init; } = [("Emulated", ["Emulated Device"])];

    /// <summary>The kinds of the objects that were made and not released.</summary>
    internal IEnumerable<string> Alive => _objects.Values.Order();

    /// <summary>Has a call fail: the next one, or all from now on.</summary>
    internal void Fail(string call, int code, bool always = false) => _failures[call] = (code, always);

    internal OpenClDiscovery Discover() => OpenClDiscovery.Run([new OpenClLibrary("emulated", new OpenClNative(Find))], [], [], "/nowhere");

    internal OpenClAccelerator Open() => new(Discover().Devices[0]);

    private nint Find(string name)
    {
        Delegate function = name switch
        {
            "clGetPlatformIDs" => (PlatformIds)GetPlatformIds,
            "clGetPlatformInfo" or "clGetDeviceInfo" => (Info)GetInfo,
            "clGetDeviceIDs" => (DeviceIds)GetDeviceIds,
            "clCreateContext" => (CreateContext)((_, _, _, _, _, code) => Create(name, code)),
            "clCreateCommandQueue" => (CreateQueue)((_, _, _, code) => Create(name, code)),
            "clCreateBuffer" => (CreateBuffer)((_, _, _, _, code) => Create(name, code)),
            "clEnqueueMapBuffer" => (MapBuffer)MapMemory,
            "clEnqueueUnmapMemObject" => (UnmapMemory)((_, _, _, _, _, _) => Result(name)),
            "clEnqueueWriteBuffer" => (WriteBuffer)((_, _, _, _, _, _, _, _, upload) =>
            {
                if (upload != null)
                {
                    *upload = Add("Event");
                }

                return Result(name);
            }),
            "clWaitForEvents" => (WaitForEvents)((_, _) => Result(name)),
            "clFinish" or "clFlush" => (OnObject)(_ => Result(name)),
            _ when name.StartsWith("clRelease", StringComparison.Ordinal) => (OnObject)(handle => Release(name, handle)),
            _ => (OnObject)(_ => -59),
        };
        _functions.Add(function);
        return Marshal.GetFunctionPointerForDelegate(function);
    }

    private int Result(string call)
    {
        if (!_failures.TryGetValue(call, out var failure))
        {
            return 0;
        }

        if (!failure.Always)
        {
            _failures.Remove(call);
        }

        return failure.Code;
    }

    private nint Add(string kind)
    {
        _objects.Add(++_last, kind);
        return _last;
    }

    private nint Create(string call, int* code)
    {
        *code = Result(call);
        return *code == 0 ? Add(call["clCreate".Length..]) : 0;
    }

    /// <summary>What is released twice, or was never made, is an error whatever was asked for.</summary>
    private int Release(string call, nint handle)
    {
        var code = Result(call);
        return code != 0 ? code : _objects.Remove(handle) ? 0 : InvalidObject;
    }

    private void* MapMemory(nint queue, nint memory, uint blocking, ulong flags, nuint offset, nuint bytes, uint count, nint* events, nint* ended,
        int* code)
    {
        *code = Result("clEnqueueMapBuffer");
        var mapped = GC.AllocateArray<byte>((int)bytes, pinned: true);
        _memory.Add(mapped);
        return Unsafe.AsPointer(ref mapped[0]);
    }

    private int GetPlatformIds(uint count, nint* platforms, uint* found)
    {
        for (var i = 0; i < Math.Min((int)count, Platforms.Count); i++)
        {
            platforms[i] = (i + 1) * 100;
        }

        if (found != null)
        {
            *found = (uint)Platforms.Count;
        }

        return Result("clGetPlatformIDs");
    }

    /// <summary>Devices of platform 100 are 101, 102 and so on.</summary>
    private int GetDeviceIds(nint platform, ulong types, uint count, nint* devices, uint* found)
    {
        var of = Platforms[((int)platform / 100) - 1].Devices;
        for (var i = 0; i < Math.Min((int)count, of.Length); i++)
        {
            devices[i] = platform + i + 1;
        }

        if (found != null)
        {
            *found = (uint)of.Length;
        }

        return of.Length == 0 ? -1 : Result("clGetDeviceIDs");
    }

    private int GetInfo(nint handle, uint parameter, nuint size, void* value, nuint* needed)
    {
        var platform = Platforms[((int)handle / 100) - 1];
        var name = handle % 100 == 0 ? platform.Name : platform.Devices[((int)handle % 100) - 1];
        if (name is null)
        {
            return NotAvailable;
        }

        byte[] bytes = parameter switch
        {
            OpenClInfo.PlatformName or OpenClInfo.Name => Encoding.UTF8.GetBytes(name + "\0"),
            OpenClInfo.PlatformVersion or OpenClInfo.Version => Encoding.UTF8.GetBytes("OpenCL 1.2 emulated\0"),
            OpenClInfo.Vendor or OpenClInfo.DriverVersion => Encoding.UTF8.GetBytes("emulated\0"),
            OpenClInfo.Type => BitConverter.GetBytes(4L),
            OpenClInfo.GlobalMemorySize or OpenClInfo.LargestAllocation => BitConverter.GetBytes(1L << 30),
            OpenClInfo.AmdFreeMemory => BitConverter.GetBytes(1L << 20),
            _ => BitConverter.GetBytes(1024L),
        };
        if (needed != null)
        {
            *needed = (nuint)bytes.Length;
        }

        if (value != null)
        {
            bytes.CopyTo(new Span<byte>(value, (int)size));
        }

        return 0;
    }

    private delegate int PlatformIds(uint count, nint* platforms, uint* found);

    private delegate int DeviceIds(nint platform, ulong types, uint count, nint* devices, uint* found);

    private delegate int Info(nint handle, uint parameter, nuint size, void* value, nuint* needed);

    private delegate nint CreateContext(nint* properties, uint count, nint* devices, void* notify, void* data, int* code);

    private delegate nint CreateQueue(nint context, nint device, ulong properties, int* code);

    private delegate nint CreateBuffer(nint context, ulong flags, nuint bytes, void* host, int* code);

    private delegate void* MapBuffer(nint queue, nint memory, uint blocking, ulong flags, nuint offset, nuint bytes, uint count, nint* events,
        nint* ended, int* code);

    private delegate int UnmapMemory(nint queue, nint memory, void* mapped, uint count, nint* events, nint* ended);

    private delegate int WriteBuffer(nint queue, nint memory, uint blocking, nuint offset, nuint bytes, void* source, uint count, nint* events,
        nint* ended);

    private delegate int WaitForEvents(uint count, nint* events);

    private delegate int OnObject(nint handle);
}
