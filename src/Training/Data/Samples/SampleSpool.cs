namespace Gpu.Training.Data;

/// <summary>
/// Collects the bytes of samples as a reader decodes them: in memory, in arrays that are never copied, up to a limit; beyond it they go
/// on to a file.
/// </summary>
/// <param name="path">The source, for messages.</param>
/// <param name="features">Bytes of a sample.</param>
/// <param name="memoryLimit">The most bytes that stay in memory.</param>
/// <param name="spill">Makes the file; asked at most once.</param>
/// <param name="stop">Ends it between two pieces.</param>
internal sealed class SampleSpool(string path, int features, long memoryLimit, Func<FileStream> spill, CancellationToken stop) : IDisposable
{
    private const int SegmentBytes = 1 << 20;
    private readonly int _perSegment = Math.Max(1, SegmentBytes / features);
    private readonly List<byte[]> _segments = [];
    private FileStream? _file;
    private long _bytes;
    private int _place;

    /// <summary>Bytes of a sample.</summary>
    internal int Features => features;

    /// <summary>The file that the bytes go to; null while they fit into memory.</summary>
    internal FileStream? Spilled => _file;

    /// <summary>Whole samples so far.</summary>
    internal long Count => _bytes / features;

    /// <summary>Adds bytes of samples, in pieces of any length.</summary>
    /// <exception cref="TrainingException">The disk is full, or there are too many samples.</exception>
    internal void Add(ReadOnlySpan<byte> bytes)
    {
        stop.ThrowIfCancellationRequested();
        _bytes += bytes.Length;
        if (_bytes / features > SampleStore.MostSamples)
        {
            throw TrainingException.BadData($"{path}: expected at most {SampleStore.MostSamples:N0} samples, found more; split the file.");
        }

        if (_file is null && _bytes > memoryLimit)
        {
            Spill();
        }

        if (_file is { } file)
        {
            Write(file, bytes);
            return;
        }

        while (bytes.Length > 0)
        {
            if (_segments.Count == 0 || _place == _segments[^1].Length)
            {
                _segments.Add(GC.AllocateUninitializedArray<byte>(_perSegment * features));
                _place = 0;
            }

            var some = Math.Min(bytes.Length, _segments[^1].Length - _place);
            bytes[..some].CopyTo(_segments[^1].AsSpan(_place));
            _place += some;
            bytes = bytes[some..];
        }
    }

    /// <summary>The samples in memory.</summary>
    /// <exception cref="InvalidOperationException">They went to a file.</exception>
    internal MemorySamples ToMemory()
    {
        if (_file is not null)
        {
            throw new InvalidOperationException("The samples lie in a file.");
        }

        if (_segments.Count > 0)
        {
            var last = _segments[^1];
            Array.Resize(ref last, _place);
            _segments[^1] = last;
        }

        return new MemorySamples([.. _segments], checked((int)Count), features, _perSegment);
    }

    public void Dispose() => _file?.Dispose();

    private void Spill()
    {
        _file = spill();
        foreach (var segment in _segments.SkipLast(1))
        {
            Write(_file, segment);
        }

        if (_segments.Count > 0)
        {
            Write(_file, _segments[^1].AsSpan(0, _place));
        }

        _segments.Clear();
    }

    private static void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (IOException cause)
        {
            throw TrainingException.DiskFailed(file.Name, cause);
        }
    }
}
