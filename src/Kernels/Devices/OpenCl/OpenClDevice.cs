using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Devices.OpenCl;

/// <summary>A device of an OpenCL platform, usable or not, with what ILGPU does not tell of it.</summary>
/// <param name="Found">The device as it is listed.</param>
/// <param name="Info">What else it can be asked.</param>
internal sealed record OpenClDevice(FoundDevice Found, OpenClInfo Info)
{
    /// <summary>How OpenCL, and with it ILGPU, names the device in this process.</summary>
    internal nint Handle => Info.Device;

    /// <summary>Bytes of the largest single allocation.</summary>
    internal long LargestAllocationBytes => Info.Number(OpenClInfo.LargestAllocation);

    /// <summary>Lanes that run in lock step: what the driver says in its own extension; else a usual width for graphics processors, and 1 for others.</summary>
    internal int GroupLanes => (int)(Found.Class != DeviceClass.Gpu ? 1
        : Info.TryNumber(OpenClInfo.NvidiaWarp) ?? Info.TryNumber(OpenClInfo.AmdWavefront) ?? 32);

    /// <summary>Whether division and square root of floats can be had correctly rounded.</summary>
    internal bool RoundsDivisionCorrectly => (Info.Number(OpenClInfo.SingleConfiguration) & 0x80) != 0;

    /// <summary>
    /// Bytes that are free now: of a processor those of the system, of a graphics processor where its driver has a way to say so
    /// (extension cl_amd_device_attribute_query).
    /// </summary>
    internal long? FreeMemoryBytes() => Found.Class == DeviceClass.Cpu ? ProcessorInfo.FreeMemoryBytes() : Info.TryNumber(OpenClInfo.AmdFreeMemory) * 1024;
}
