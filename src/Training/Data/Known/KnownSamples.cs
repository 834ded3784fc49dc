using System.Buffers.Binary;
using System.Numerics;
using Gpu.Training.Files;

namespace Gpu.Training.Data;

/// <summary>
/// What a run knows again of its data: hashes of the samples that it learned from, and of those that it held out, wherever their files
/// are, and in whatever order their rows and columns stand.
/// </summary>
public sealed class KnownSamples
{
    private const int Parts = 3;
    private const int PartBytes = sizeof(long) + (2 * sizeof(int));
    private readonly HashedPart[] _parts;

    private KnownSamples(HashedPart[] parts) => _parts = parts;

    private static ReadOnlySpan<byte> Magic => "GPUROWS1"u8;

    private HashedPart Learned => _parts[0];

    /// <summary>Goes through the samples of a run, once, and also gives what tells them apart from others, see <see cref="DataHash"/>.</summary>
    /// <param name="parts">What is learned from, what was held out for validation, and, one or more, what for the test; null for what the run has not.</param>
    public static (string Hash, KnownSamples Known) Of(params ReadOnlySpan<DataSet?> parts)
    {
        var hashed = new HashedPart[Parts];
        for (var part = 0; part < Parts; part++)
        {
            hashed[part] = new HashedPart(parts.Length > part ? parts[part]?.Count ?? 0 : 0);
        }

        var (current, place) = (-1, 0);
        var hash = DataHash.Of(parts, (part, data, piece) =>
        {
            (current, place) = part == current ? (current, place) : (part, 0);
            ForEach(data, piece.Span, ref place, (_, sample) => hashed[Math.Min(part, Parts - 1)].Add(sample));
        });
        return (hash, new KnownSamples([.. hashed.Select(part => part.Sort())]));
    }

    /// <summary>Adds what another run knows, whose model was gone on with.</summary>
    public void Add(KnownSamples other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var part = 0; part < _parts.Length; part++)
        {
            _parts[part].Add(other._parts[part]);
            _parts[part].Sort();
        }
    }

    /// <summary>
    /// Looks samples up: what the run did with each. They are gone through once. Of samples that are alike as many are of each part as it has; where
    /// there are more, they are counted to the first.
    /// </summary>
    public FoundSamples Find(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var (found, place) = (new SamplePart[data.Count], 0);
        var bits = _parts.Max(part => part.Bits);
        int[][] taken = [.. _parts.Select(part => new int[part.Hashes.Length])];
        data.ForEachPiece(piece => ForEach(data, piece.Span, ref place, (sample, hash) =>
            found[sample] = BitOperations.TrailingZeroCount(hash) < bits ? SamplePart.Unknown : PartOf(hash, taken)));
        var (seen, learned) = (found.Count(part => part != SamplePart.Unknown), found.Count(part => part == SamplePart.Learned));
        return new FoundSamples(found, learned > Expected(seen));
    }

    /// <summary>Writes them.</summary>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public void Save(string path)
    {
        var bytes = new byte[Magic.Length + _parts.Sum(part => PartBytes + (sizeof(ulong) * part.Hashes.Length)) + sizeof(ulong)];
        Magic.CopyTo(bytes);
        var rest = bytes.AsSpan(Magic.Length);
        foreach (var part in _parts)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, part.Count);
            BinaryPrimitives.WriteInt32LittleEndian(rest[sizeof(long)..], part.Bits);
            BinaryPrimitives.WriteInt32LittleEndian(rest[(sizeof(long) + sizeof(int))..], part.Hashes.Length);
            rest = rest[PartBytes..];
            foreach (var hash in part.Hashes)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(rest, hash);
                rest = rest[sizeof(ulong)..];
            }
        }

        BinaryPrimitives.WriteUInt64LittleEndian(rest, SampleHash.Of(bytes.AsSpan(0, bytes.Length - sizeof(ulong))));
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Reads them.</summary>
    /// <exception cref="TrainingException">The file is damaged, or is none of these.</exception>
    public static KnownSamples Load(string path)
    {
        var file = new FileInfo(path);
        var bytes = file.Length <= Magic.Length + (Parts * (PartBytes + ((long)sizeof(ulong) * HashedPart.Most))) + sizeof(ulong) ? File.ReadAllBytes(path) : [];
        var end = bytes.Length - sizeof(ulong);
        if (end < Magic.Length || !IsOurs(bytes) || BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(end)) != SampleHash.Of(bytes.AsSpan(0, end)))
        {
            throw Damaged(path);
        }

        var rest = bytes.AsSpan(Magic.Length..end);
        var read = new HashedPart[Parts];
        for (var part = 0; part < Parts; part++)
        {
            var count = rest.Length < PartBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest[(sizeof(long) + sizeof(int))..]);
            if (count < 0 || count > (rest.Length - PartBytes) / sizeof(ulong))
            {
                throw Damaged(path);
            }

            var hashes = new ulong[count];
            for (var i = 0; i < count; i++)
            {
                hashes[i] = BinaryPrimitives.ReadUInt64LittleEndian(rest[(PartBytes + (i * sizeof(ulong)))..]);
            }

            read[part] = new HashedPart(BinaryPrimitives.ReadInt64LittleEndian(rest), BinaryPrimitives.ReadInt32LittleEndian(rest[sizeof(long)..]), hashes);
            rest = rest[(PartBytes + (count * sizeof(ulong)))..];
        }

        return new KnownSamples(read);
    }

    /// <summary>Whether a file begins as those that are written here.</summary>
    public static bool IsOurs(ReadOnlySpan<byte> start) => start.StartsWith(Magic);

    /// <summary>
    /// So many of some new samples would be known, were they drawn as those that were learned from: the share of these that has a twin among them
    /// (that of new ones is no larger, I. J. Good, 1953), one more of all of them, and four deviations.
    /// </summary>
    private double Expected(int samples)
    {
        var share = Math.Min(1, Learned.TwinShare() + (1.0 / Math.Max(1, Learned.Hashes.Length)));
        return (samples * share) + (4 * Math.Sqrt(samples * share * (1 - share)));
    }

    /// <summary>The first part that has a sample of a hash which none before it took; else the first that has one.</summary>
    private SamplePart PartOf(ulong hash, int[][] taken)
    {
        var has = -1;
        for (var part = Parts - 1; part >= 0; part--)
        {
            has = _parts[part].Find(hash) is var (first, end) && end > first ? part : has;
        }

        for (var part = 0; part < Parts; part++)
        {
            var (first, end) = _parts[part].Find(hash);
            if (end > first && taken[part][first] < end - first)
            {
                taken[part][first]++;
                return SamplePart.Learned + part;
            }
        }

        return has < 0 ? SamplePart.New : SamplePart.Learned + has;
    }

    /// <summary>Shows the number and the hash of each sample of a piece, from a number on: its inputs, and what is to be learned of it.</summary>
    private static void ForEach(DataSet data, ReadOnlySpan<byte> samples, ref int place, Action<int, ulong> see)
    {
        for (; samples.Length > 0; samples = samples[data.Samples.Features..])
        {
            see(place, SampleHash.Of(samples[..data.Samples.Features], data.Labels.Length > 0 ? data.Labels[place] : (byte)0));
            place++;
        }
    }

    private static TrainingException Damaged(string path) => TrainingException.BadModelFile(
        $"{path}: expected the hashes of the rows that a run knows, found a file that is damaged; get it again, or remove it, and nothing is said of rows that were learned from.");
}
