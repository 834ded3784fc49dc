namespace Gpu.Training.Files;

/// <summary>Reads small files whole, and refuses large ones before they are read.</summary>
internal static class BoundedFile
{
    /// <summary>All bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What it should be, for messages: <c>a recipe</c>.</param>
    /// <param name="limit">The most bytes it may have.</param>
    /// <param name="refuse">Makes the error of a sentence.</param>
    internal static byte[] Read(string path, string expected, long limit, Func<string, Exception?, TrainingException> refuse) =>
        SourceFile.Read(path, expected, refuse, file =>
        {
            if (file.Length > limit)
            {
                throw refuse($"{path}: expected {expected} of at most {limit:N0} bytes, found {file.Length:N0}: is it the right file?", null);
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        });
}
