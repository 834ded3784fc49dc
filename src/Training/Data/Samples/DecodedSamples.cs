namespace Gpu.Training.Data;

/// <summary>
/// Samples that must be decoded (a table, a compressed file, arrays of numbers, pictures): kept in memory where they are few, else written once to a
/// cache beside their source, from which they are read by position ever after.
/// </summary>
internal static class DecodedSamples
{
    /// <summary>The samples of a file that is open; those of standard input have no cache.</summary>
    internal static DataSet Load(
        DataInput input, DataOptions options, long mostBytes, int features, Action<SampleSpool> decode, Func<SampleStore, DataSet> make) =>
        Load(input.Path, input.FilePath == input.Path ? new CacheSource(input.Path) : null, options, mostBytes, features, decode, make);

    /// <summary>The samples of a source.</summary>
    /// <param name="name">What messages call the source.</param>
    /// <param name="source">The source; null where it cannot be found again, so that a cache of it would be of no use.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="mostBytes">The most bytes that the samples can have.</param>
    /// <param name="features">Bytes of a sample.</param>
    /// <param name="decode">Adds the bytes of all samples.</param>
    /// <param name="make">Makes the data set of them, with all else that was found; may be asked more than once.</param>
    internal static DataSet Load(
        string name, CacheSource? source, DataOptions options, long mostBytes, int features, Action<SampleSpool> decode, Func<SampleStore, DataSet> make)
    {
        var cache = mostBytes > options.MemoryLimit && options.Limit is null && source is not null ? new SampleCache(name, source, options) : null;
        if (cache?.TryOpen(features) is { } cached)
        {
            return cached;
        }

        FileStream? file = null;
        using var spool = new SampleSpool(name, features, options.MemoryLimit, () => file = cache?.Begin() ?? Temporary(), options.Download.Cancellation);
        try
        {
            decode(spool);
            if (file is null)
            {
                return make(spool.ToMemory());
            }

            file.Flush();
            var (path, count) = (file.Name, checked((int)spool.Count));
            return cache is null
                ? make(new FileSamples(name, path, 0, count, features))
                : cache.Finish(file, make(new PendingSamples(count, features)));
        }
        catch when (file is not null)
        {
            file.Dispose();
            File.Delete(file.Name);
            throw;
        }
    }

    private static FileStream Temporary() =>
        new(TemporaryFiles.Create("gpu-samples-"), FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);

    /// <summary>Samples that are counted and not there yet.</summary>
    private sealed class PendingSamples(int count, int features) : SampleStore(count, features)
    {
        public override long ResidentBytes => 0;

        public override bool IsOnDisk => true;

        public override void Read(int first, Span<byte> destination) => throw new InvalidOperationException("The samples are still being written.");
    }
}
