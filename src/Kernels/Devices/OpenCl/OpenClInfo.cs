using System.Runtime.InteropServices;
using System.Text;

namespace Gpu.Kernels.Devices.OpenCl;

/// <summary>What a device says of itself.</summary>
/// <param name="Native">OpenCL.</param>
/// <param name="Device">How OpenCL names the device.</param>
internal sealed unsafe record OpenClInfo(OpenClNative Native, nint Device)
{
    internal const uint PlatformName = 0x0902;
    internal const uint Type = 0x1000;
    internal const uint ComputeUnits = 0x1002;
    internal const uint LargestAllocation = 0x1010;
    internal const uint SingleConfiguration = 0x101B;
    internal const uint GlobalMemorySize = 0x101F;
    internal const uint LittleEndian = 0x1026;
    internal const uint Available = 0x1027;
    internal const uint CompilerAvailable = 0x1028;
    internal const uint Name = 0x102B;
    internal const uint Vendor = 0x102C;
    internal const uint DriverVersion = 0x102D;
    internal const uint Version = 0x102F;

    /// <summary>Of OpenCL 3.0, where the generic address space is optional.</summary>
    internal const uint GenericAddressSpace = 0x1069;

    /// <summary>Of the extension cl_nv_device_attribute_query.</summary>
    internal const uint NvidiaWarp = 0x4003;

    /// <summary>Of the extension cl_amd_device_attribute_query; the free memory is in KiB.</summary>
    internal const uint AmdFreeMemory = 0x4039;

    /// <summary>Of the extension cl_amd_device_attribute_query.</summary>
    internal const uint AmdWavefront = 0x4043;

    internal string Text(uint parameter) => Encoding.UTF8.GetString(Bytes(parameter)).TrimEnd('\0').Trim();

    /// <summary>A number of 4 or 8 bytes; the specification's types differ.</summary>
    internal long Number(uint parameter)
    {
        var bytes = Bytes(parameter);
        return bytes.Length == sizeof(uint) ? MemoryMarshal.Read<uint>(bytes) : MemoryMarshal.Read<long>(bytes);
    }

    /// <summary>The first number of what an extension says, or null where the driver does not have it.</summary>
    internal long? TryNumber(uint parameter)
    {
        nuint size = 0;
        if (Native.clGetDeviceInfo(Device, parameter, 0, null, &size) != 0 || size < sizeof(uint) || size > 64)
        {
            return null;
        }

        var values = stackalloc long[8];
        return Native.clGetDeviceInfo(Device, parameter, size, values, null) != 0 ? null : size >= sizeof(long) ? *values : *(uint*)values;
    }

    private byte[] Bytes(uint parameter)
    {
        nuint size = 0;
        OpenClNative.Check(Native.clGetDeviceInfo(Device, parameter, 0, null, &size), "clGetDeviceInfo", $"parameter 0x{parameter:X}");
        var bytes = new byte[size];
        fixed (byte* pointer = bytes)
        {
            OpenClNative.Check(Native.clGetDeviceInfo(Device, parameter, size, pointer, null), "clGetDeviceInfo",
                $"parameter 0x{parameter:X}");
        }

        return bytes;
    }
}
