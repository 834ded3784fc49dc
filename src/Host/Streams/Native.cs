using System.Runtime.InteropServices;

namespace Gpu.Host.Streams;

/// <summary>What the system knows of a process's streams and .NET does not say.</summary>
internal static partial class Native
{
    private const int GetFlags = 1;
    private const int CloseOnExec = 1;
    private static readonly nuint _getWindowSize = OperatingSystem.IsMacOS() ? 0x4008_7468u : 0x5413u;

    /// <summary>
    /// Whether a stream was given to this process by the one that started it: fcntl(2), F_GETFD. What a process opens itself, as .NET does,
    /// is marked to be closed when it starts another; what it was given never is.
    /// </summary>
    internal static bool IsInherited(int stream) => OperatingSystem.IsWindows() || Flags(stream, GetFlags) is >= 0 and var flags && (flags & CloseOnExec) == 0;

    /// <summary>The columns of the terminal that a stream goes to: ioctl(2), TIOCGWINSZ; 0 where it is none, or does not say.</summary>
    internal static int Columns(int stream) =>
        !OperatingSystem.IsWindows() && Control(stream, _getWindowSize, out var size) == 0 ? size.Columns : 0;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Flags(int stream, int command);

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
