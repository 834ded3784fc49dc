namespace Gpu.Training.Files;

/// <summary>Writes files so that a reader sees either the whole new content or what was there before, never a part.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes a temporary file beside the target, flushes it to the disk and renames it over the target. Nothing is left behind
    /// when writing fails.
    /// </summary>
    /// <param name="path">The file to write or replace; its folder must exist.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="TrainingException">The folder is missing or cannot be written.</exception>
    /// <exception cref="IOException">The disk is full, or fails.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var target = Path.GetFullPath(path);
        var temporary = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception cause)
        {
            Remove(temporary);
            if (cause is UnauthorizedAccessException or DirectoryNotFoundException)
            {
                throw TrainingException.BadUsage(
                    $"{path} cannot be written ({cause.Message.TrimEnd('.')}): choose a folder that exists and that you may write to.", cause);
            }

            throw;
        }
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one worth reporting.
        }
    }
}
