using Microsoft.Win32.SafeHandles;

namespace Gpu.Training.Data;

/// <summary>
/// Samples that follow one another in a file, read by position: nothing of it stays in the process's memory. The file stays open, so
/// that one put in its place under the same name is not mistaken for it.
/// </summary>
internal sealed class FileSamples : SampleStore
{
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly long _offset;

    /// <summary>Samples from a place in a file on; its length was checked.</summary>
    /// <param name="path">What messages call it.</param>
    /// <param name="filePath">Where it lies.</param>
    /// <param name="offset">The byte at which the first sample begins.</param>
    /// <param name="count">Samples.</param>
    /// <param name="features">Bytes of a sample.</param>
    internal FileSamples(string path, string filePath, long offset, int count, int features) : base(count, features) =>
        (_path, _offset, _file) = (path, offset, File.OpenHandle(filePath, options: FileOptions.RandomAccess));

    public override long ResidentBytes => 0;

    public override bool IsOnDisk => true;

    public override void Read(int first, Span<byte> destination)
    {
        if (first < 0 || first + (destination.Length / Features) > Count)
        {
            throw new ArgumentOutOfRangeException(nameof(first), first, $"There are {Count} samples.");
        }

        var position = _offset + ((long)first * Features);
        try
        {
            for (int read; destination.Length > 0; position += read, destination = destination[read..])
            {
                read = RandomAccess.Read(_file, destination, position);
                if (read == 0)
                {
                    throw TrainingException.BadData(
                        $"{_path}: expected samples up to byte {_offset + Bytes:N0}, found the end of the file at byte {position:N0}: it became shorter "
                        + "while it was read; put it back, and go on.");
                }
            }
        }
        catch (IOException cause)
        {
            throw TrainingException.BadData($"{_path}: expected samples, found a file that can no longer be read ({cause.Message.TrimEnd('.')}).", cause);
        }
    }
}
