using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Gpu.Kernels.Devices.Cpu;

/// <summary>What the processor calls itself, and the memory that is free.</summary>
internal static class ProcessorInfo
{
    private const string MemoryFile = "/proc/meminfo";

    /// <summary>The processor's name, or its architecture where it has none.</summary>
    internal static string Name { get; } = (X86Base.IsSupported ? BrandString() : null) ?? Architecture;

    /// <summary>Who made it, such as <c>AuthenticAMD</c>, or its architecture where it does not say.</summary>
    internal static string Vendor { get; } = X86Base.IsSupported ? VendorString() : Architecture;

    private static string Architecture => RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>Bytes that programs can take without paging, where the system says.</summary>
    internal static long? FreeMemoryBytes()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(MemoryFile))
        {
            return null;
        }

        const string label = "MemAvailable:";
        var line = File.ReadLines(MemoryFile).FirstOrDefault(l => l.StartsWith(label, StringComparison.Ordinal));
        return long.TryParse(line?[label.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.Integer,
            CultureInfo.InvariantCulture, out var kibibytes)
            ? kibibytes * 1024
            : null;
    }

    /// <summary>The processor's memory as that of a device.</summary>
    /// <param name="allocated">Bytes of the accelerator's open buffers.</param>
    internal static DeviceMemory Memory(long allocated)
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new DeviceMemory(total, FreeMemoryBytes(), total, allocated);
    }

    private static string VendorString()
    {
        var (_, first, third, second) = X86Base.CpuId(0, 0);
        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes((ReadOnlySpan<int>)[first, second, third])).Trim('\0', ' ');
    }

    /// <summary>The processor's own name, from the CPUID leaves that hold it.</summary>
    private static string? BrandString()
    {
        if ((uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < 0x80000004)
        {
            return null;
        }

        var words = new int[12];
        for (var leaf = 0; leaf < 3; leaf++)
        {
            (words[4 * leaf], words[(4 * leaf) + 1], words[(4 * leaf) + 2], words[(4 * leaf) + 3]) =
                X86Base.CpuId(unchecked((int)0x80000002) + leaf, 0);
        }

        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes(words.AsSpan())).Trim('\0', ' ');
    }
}
