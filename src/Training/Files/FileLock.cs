namespace Gpu.Training.Files;

/// <summary>
/// A file that one process at a time holds. The operating system keeps the lock, so it ends with its holder, however that ends;
/// the file stays, because removing it could let two processes hold two files of one name.
/// </summary>
public sealed class FileLock : IDisposable
{
    // EAGAIN of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows: somebody holds it.
    private static readonly int[] _held = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _stream;

    private FileLock(FileStream stream) => _stream = stream;

    /// <summary>Takes a lock; null where another process, or another part of this one, holds it.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be made.</exception>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
        }
        catch (IOException error) when (_held.Contains(error.HResult))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
