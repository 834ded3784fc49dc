using System.Runtime.InteropServices;

namespace Gpu.Training.Files;

/// <summary>What POSIX can do with files and .NET does not offer.</summary>
internal static partial class NativeFiles
{
    private const int ReadOnly = 0;
    private const int InvalidArgument = 22;

    /// <summary>
    /// Makes what happened to the names in a folder (new, renamed, removed) last: fsync(2) of the folder. Windows keeps a journal
    /// of names and needs none.
    /// </summary>
    /// <exception cref="IOException">The disk fails, or the folder is gone.</exception>
    internal static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var folder = Open(path, ReadOnly);
        if (folder < 0)
        {
            throw Failure("opened", path);
        }

        try
        {
            // A file system that has nothing to flush there says that the argument is invalid.
            if (Synchronize(folder) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
            {
                throw Failure("flushed", path);
            }
        }
        finally
        {
            _ = Close(folder);
        }
    }

    /// <summary>Gives a file a second name; false where the file system has no such thing.</summary>
    internal static bool TryLink(string path, string second) => !OperatingSystem.IsWindows() && Link(path, second) == 0;

    private static IOException Failure(string what, string path) =>
        new($"{path} cannot be {what}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string path, string second);
}
