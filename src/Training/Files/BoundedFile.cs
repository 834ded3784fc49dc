namespace Gpu.Training.Files;

/// <summary>Reads small files whole, and refuses large ones before they are read.</summary>
internal static class BoundedFile
{
    /// <summary>All bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">The most bytes it may have.</param>
    /// <param name="refuse">Makes the error of a sentence.</param>
    internal static byte[] Read(string path, long limit, Func<string, Exception?, TrainingException> refuse)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > limit)
            {
                throw refuse($"{path} must have at most {limit:N0} bytes, it has {stream.Length:N0}: is it the right file?", null);
            }

            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw refuse($"{path} does not exist: check the path.", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw refuse($"{path} cannot be read ({cause.Message.TrimEnd('.')}).", cause);
        }
    }
}
