namespace Gpu.Training.Data;

/// <summary>What files of data have in common.</summary>
internal static class DataFile
{
    /// <summary>Whether the bytes ahead begin a gzip stream; the position stays where it was.</summary>
    public static bool IsGzip(FileStream file)
    {
        Span<byte> start = stackalloc byte[2];
        var position = file.Position;
        var read = file.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        file.Position = position;
        return read == 2 && start[0] == 0x1F && start[1] == 0x8B;
    }

    /// <summary>The sentence for a file whose compressed data is damaged.</summary>
    public static TrainingException DamagedGzip(string path, Exception? cause = null) =>
        TrainingException.BadData($"{path}: expected a whole gzip file, found damaged data; get the file again.", cause);
}
