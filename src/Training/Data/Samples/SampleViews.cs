namespace Gpu.Training.Data;

/// <summary>Samples of another store, named by their indices, uncopied.</summary>
internal sealed class IndexedSamples(SampleStore all, int[] indices) : SampleStore(indices.Length, all.Features)
{
    public override long ResidentBytes => all.ResidentBytes + (sizeof(int) * (long)indices.Length);

    public override bool IsOnDisk => all.IsOnDisk;

    public override bool AreMade => all.AreMade;

    public override void Read(int first, Span<byte> destination) => all.Gather(indices.AsSpan(first, destination.Length / Features), destination);

    public override ReadOnlySpan<byte> Sample(int index) => all.Sample(indices[index]);

    public override float Quantity(int index) => all.Quantity(indices[index]);
}

/// <summary>The first samples of another store, uncopied.</summary>
internal sealed class FirstSamples(SampleStore all, int count) : SampleStore(count, all.Features)
{
    public override long ResidentBytes => all.ResidentBytes;

    public override bool IsOnDisk => all.IsOnDisk;

    public override bool AreMade => all.AreMade;

    public override void Read(int first, Span<byte> destination) => all.Read(first, destination);

    public override void Gather(ReadOnlySpan<int> indices, Span<byte> destination) => all.Gather(indices, destination);

    public override ReadOnlySpan<byte> Sample(int index) => all.Sample(index);

    public override float Quantity(int index) => all.Quantity(index);
}

/// <summary>Samples of several stores, one after the other.</summary>
internal sealed class JoinedSamples : SampleStore
{
    private readonly SampleStore[] _parts;
    private readonly int[] _firsts;

    internal JoinedSamples(SampleStore[] parts) : base(checked(parts.Sum(part => part.Count)), parts[0].Features)
    {
        (_parts, _firsts) = (parts, new int[parts.Length]);
        for (var i = 1; i < parts.Length; i++)
        {
            _firsts[i] = _firsts[i - 1] + parts[i - 1].Count;
        }
    }

    public override long ResidentBytes => _parts.Sum(part => part.ResidentBytes);

    public override bool IsOnDisk => _parts.Any(part => part.IsOnDisk);

    public override void Read(int first, Span<byte> destination)
    {
        for (var part = PartOf(first); destination.Length > 0; part++)
        {
            var place = first - _firsts[part];
            var count = Math.Min(destination.Length / Features, _parts[part].Count - place);
            _parts[part].Read(place, destination[..(count * Features)]);
            destination = destination[(count * Features)..];
            first += count;
        }
    }

    public override ReadOnlySpan<byte> Sample(int index) => _parts[PartOf(index)].Sample(index - _firsts[PartOf(index)]);

    private int PartOf(int sample)
    {
        var found = Array.BinarySearch(_firsts, sample);
        return found >= 0 ? found : ~found - 1;
    }
}
