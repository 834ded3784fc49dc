using System.Buffers;

namespace Gpu.Training.Data;

/// <summary>Samples of another store, uncopied, of which some bytes are those that other samples have in their place.</summary>
/// <param name="all">The samples.</param>
/// <param name="start">The first of these bytes in a sample.</param>
/// <param name="length">How many there are.</param>
/// <param name="from">For each sample whose bytes it has.</param>
internal sealed class ExchangedSamples(SampleStore all, int start, int length, int[] from) : SampleStore(all.Count, all.Features)
{
    public override long ResidentBytes => all.ResidentBytes;

    public override bool IsOnDisk => all.IsOnDisk;

    public override void Read(int first, Span<byte> destination)
    {
        all.Read(first, destination);
        var room = ArrayPool<byte>.Shared.Rent(destination.Length);
        var others = room.AsSpan(0, destination.Length);
        all.Gather(from.AsSpan(first, destination.Length / Features), others);
        for (var place = start; place < destination.Length; place += Features)
        {
            others.Slice(place, length).CopyTo(destination[place..]);
        }

        ArrayPool<byte>.Shared.Return(room);
    }
}
