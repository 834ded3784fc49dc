using System.Runtime.InteropServices;

namespace Gpu.Kernels.Devices.Cpu;

/// <summary>
/// Asks Linux to back large buffers with pages of 2 MiB: the weights of a wide layer and a data set read in random order
/// otherwise miss the page tables' cache at nearly every row. Only advice; systems that do not know it go on as before.
/// </summary>
internal static unsafe partial class LargePages
{
    /// <summary>The size and alignment of a large page on x86-64 and, with 4 KiB base pages, on arm64.</summary>
    internal const int Size = 2 << 20;

    /// <summary>MADV_HUGEPAGE of Linux's madvise(2).</summary>
    private const int HugePage = 14;

    /// <summary>Whether a buffer is large enough to gain.</summary>
    internal static bool Suit(long bytes) => OperatingSystem.IsLinux() && bytes >= 2L * Size;

    /// <summary>Advises for memory that begins at a multiple of <see cref="Size"/>, before it is first written.</summary>
    internal static void Advise(void* memory, long bytes)
    {
        // The result does not matter: without large pages the memory is the same, only slower to reach.
        _ = AdviseMemory(memory, (nuint)bytes, HugePage);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int AdviseMemory(void* address, nuint length, int advice);
}
