namespace Gpu.Training.Files;

/// <summary>Reads files that a stranger may have made, and says in a sentence why one cannot be read.</summary>
internal static class SourceFile
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Opens a file, reads it from its start, and closes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What it should be, for messages: <c>an IDX file</c>.</param>
    /// <param name="refuse">Makes the error of a sentence.</param>
    /// <param name="read">Reads it; an <see cref="IOException"/> is turned into a refusal.</param>
    /// <param name="instead">What to do where it is empty, a pipe or a device.</param>
    /// <exception cref="TrainingException">
    /// It is missing, empty, a folder, a pipe or a device, may not be read, or ended while it was read.
    /// </exception>
    internal static T Read<T>(
        string path, string expected, Func<string, Exception?, TrainingException> refuse, Func<FileStream, T> read, string instead = "give a file with its contents")
    {
        var state = "opened";
        try
        {
            RequireRegular(path, expected, refuse, instead);
            using var file = new FileStream(path, new FileStreamOptions { BufferSize = BufferBytes, Options = FileOptions.SequentialScan });
            state = "read";
            return read(file);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw refuse($"{path}: expected {expected}, found no such file; check the path.", cause);
        }
        catch (EndOfStreamException cause)
        {
            throw refuse($"{path}: expected {expected}, found one that became shorter while it was read; wait until nothing writes it.", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw refuse($"{path}: expected {expected}, found one that cannot be {state} ({cause.Message.TrimEnd('.')}).", cause);
        }
    }

    /// <summary>
    /// Opening a pipe would wait for its writer, and reading a device may never end. Both have the length 0, as an empty file has.
    /// </summary>
    private static void RequireRegular(string path, string expected, Func<string, Exception?, TrainingException> refuse, string instead)
    {
        if (Directory.Exists(path))
        {
            throw refuse($"{path}: expected {expected}, found a folder; name a file.", null);
        }

        // The length of a link would be that of the name in it.
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        if (new FileInfo(target).Length == 0)
        {
            throw refuse($"{path}: expected {expected}, found an empty file, a pipe or a device; {instead}.", null);
        }
    }
}
