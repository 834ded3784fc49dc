using System.Runtime.InteropServices;
using System.Text;
using Gpu.Kernels.Devices.OpenCl;

namespace Gpu.Kernels.Tests.OpenCl;

/// <summary>The part of OpenCL that says which devices there are.</summary>
internal sealed unsafe class EmulatedOpenCl
{
    private const int NotAvailable = -2;

    private readonly List<Delegate> _functions = [];

    /// <summary>Platforms, each with its devices; a device that is null fails when it is asked what it is.</summary>
    internal IReadOnlyList<(string Name, string?[] Devices)> Platforms { get; init; } = [("Emulated", ["Emulated Device"])];

    /// <summary>What the devices say of their version.</summary>
    internal string Version { get; init; } = "OpenCL 3.0 emulated";

    /// <summary>Whether the devices have the generic address space: 1 or 0.</summary>
    internal long GenericAddressSpace { get; init; } = 1;

    internal OpenClDiscovery Discover() => OpenClDiscovery.Run(new OpenClLibrary("emulated", new OpenClNative(Find)), [], [], "/nowhere");

    private nint Find(string name)
    {
        Delegate function = name switch
        {
            "clGetPlatformIDs" => (PlatformIds)GetPlatformIds,
            "clGetDeviceIDs" => (DeviceIds)GetDeviceIds,
            _ => (Info)GetInfo,
        };
        _functions.Add(function);
        return Marshal.GetFunctionPointerForDelegate(function);
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

        return 0;
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

        return of.Length == 0 ? -1 : 0;
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
            OpenClInfo.Version => Encoding.UTF8.GetBytes(Version + "\0"),
            OpenClInfo.GenericAddressSpace => BitConverter.GetBytes(GenericAddressSpace),
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
}
