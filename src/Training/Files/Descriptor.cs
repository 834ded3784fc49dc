using System.Runtime.InteropServices;

namespace Gpu.Training.Files;

/// <summary>What the system knows of a process's streams and .NET does not say.</summary>
public static partial class Descriptor
{
    private const int GetFlags = 1;
    private const int CloseOnExec = 1;

    /// <summary>
    /// Whether a stream was given to this process by the one that started it: fcntl(2), F_GETFD. What a process opens itself, as .NET does
    /// in the place of a stream that was closed, is marked to be closed when it starts another; what it was given never is.
    /// </summary>
    /// <param name="number">The stream: 0 is standard input.</param>
    public static bool IsInherited(int number) => OperatingSystem.IsWindows() || Flags(number, GetFlags) is >= 0 and var flags && (flags & CloseOnExec) == 0;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Flags(int stream, int command);
}
