namespace Gpu.Training.Data;

/// <summary>Samples in memory: in one array, or in several of equal size, so that they can be collected without being copied.</summary>
internal sealed class MemorySamples : SampleStore
{
    private readonly byte[][] _segments;
    private readonly int _perSegment;

    /// <summary>All samples in one array.</summary>
    internal MemorySamples(byte[] values, int features) : this([values], values.Length / features, features, values.Length / features) { }

    /// <summary>Samples in several arrays, each but the last with as many.</summary>
    internal MemorySamples(byte[][] segments, int count, int features, int perSegment) : base(count, features) =>
        (_segments, _perSegment) = (segments, Math.Max(1, perSegment));

    public override long ResidentBytes => _segments.Sum(segment => (long)segment.Length);

    public override bool IsOnDisk => false;

    public override void Read(int first, Span<byte> destination)
    {
        for (var done = 0; done < destination.Length;)
        {
            var (segment, place) = Math.DivRem(first + (done / Features), _perSegment);
            var most = Math.Min(destination.Length - done, (_perSegment - place) * Features);
            _segments[segment].AsSpan(place * Features, most).CopyTo(destination[done..]);
            done += most;
        }
    }

    public override void Gather(ReadOnlySpan<int> indices, Span<byte> destination)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            Sample(indices[i]).CopyTo(destination[(i * Features)..]);
        }
    }

    public override ReadOnlySpan<byte> Sample(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _segments.Length == 1
            ? _segments[0].AsSpan(index * Features, Features)
            : _segments[index / _perSegment].AsSpan(index % _perSegment * Features, Features);
    }

    public override byte[] ToArray() => _segments is [var only] && only.Length == Bytes ? only : base.ToArray();
}
