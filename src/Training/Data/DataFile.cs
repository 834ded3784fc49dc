namespace Gpu.Training.Data;

/// <summary>Opens data files, and says in a sentence why one cannot be opened.</summary>
internal static class DataFile
{
    /// <summary>A file that exists and is not empty, for reading from its start to its end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What it should be, for the message: <c>an IDX file</c>.</param>
    /// <exception cref="TrainingException">The file is missing, a folder, empty, or may not be read.</exception>
    public static FileStream Open(string path, string expected)
    {
        if (Directory.Exists(path))
        {
            throw TrainingException.BadData($"{path}: expected {expected}, found a folder; name a file.");
        }

        FileStream file;
        try
        {
            file = new FileStream(path, new FileStreamOptions { BufferSize = 1 << 16, Options = FileOptions.SequentialScan });
        }
        catch (Exception trouble) when (trouble is FileNotFoundException or DirectoryNotFoundException)
        {
            throw TrainingException.BadData($"{path}: expected {expected}, found no such file; check the path.", trouble);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw TrainingException.BadData(
                $"{path}: expected {expected}, found one that cannot be opened ({trouble.Message.TrimEnd('.')}).", trouble);
        }

        if (file.Length > 0)
        {
            return file;
        }

        file.Dispose();
        throw TrainingException.BadData($"{path}: expected {expected}, found an empty file; get the file again.");
    }

    /// <summary>Whether the bytes ahead begin a gzip stream; the position stays where it was.</summary>
    public static bool IsGzip(FileStream file)
    {
        Span<byte> start = stackalloc byte[2];
        var position = file.Position;
        var read = file.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        file.Position = position;
        return read == 2 && start[0] == 0x1F && start[1] == 0x8B;
    }
}
