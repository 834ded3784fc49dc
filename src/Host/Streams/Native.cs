using System.Runtime.InteropServices;

namespace Gpu.Host.Streams;

/// <summary>What the system knows of a terminal and .NET does not say.</summary>
internal static partial class Native
{
    private static readonly nuint _getWindowSize = OperatingSystem.IsMacOS() ? 0x4008_7468u : 0x5413u;

    /// <summary>The columns of the terminal that a stream goes to: ioctl(2), TIOCGWINSZ; 0 where it is none, or does not say.</summary>
    internal static int Columns(int stream) =>
        !OperatingSystem.IsWindows() && Control(stream, _getWindowSize, out var size) == 0 ? size.Columns : 0;

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int stream, nuint request, out WindowSize size);

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct WindowSize
    {
        private readonly ushort _rows;
        public readonly ushort Columns;
        private readonly ushort _pixelsAcross;
        private readonly ushort _pixelsDown;
    }
}
