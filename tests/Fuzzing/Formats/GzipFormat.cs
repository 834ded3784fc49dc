using System.Buffers.Binary;
using System.IO.Compression;
using Gpu.Fuzzing.Mutations;

namespace Gpu.Fuzzing.Formats;

/// <summary>Compressed IDX files.</summary>
internal sealed class GzipFormat : DataFormat
{
    private const int Mebi = 1 << 20;

    public override string Name => "gzip";

    public override long Declared(FuzzInput input) => input.Files.Values.Sum(content => content.Length + DeclaredBy(content));

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        var (images, labels) = (IdxFormat.Images + ".gz", IdxFormat.Labels + ".gz");
        yield return new FuzzInput(images, new Dictionary<string, byte[]>
        {
            [images] = ByteMutations.Gzip(IdxFormat.Build(6, 2, 2)),
            [labels] = ByteMutations.Gzip(IdxFormat.Build(6)),
        });
        yield return new FuzzInput("rows.gz", ByteMutations.Gzip(IdxFormat.Build(40, 4)));
        yield return new FuzzInput("", new Dictionary<string, byte[]>
        {
            ["train-images-idx3-ubyte.gz"] = ByteMutations.Gzip(IdxFormat.Build(9, 2, 2)),
            ["train-labels-idx1-ubyte"] = IdxFormat.Build(9),
        });
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random) => IdxFormat.MutateFiles(valid, Damage, random);

    private static byte[] Damage(byte[] file, FuzzRandom random) => random.Below(100) switch
    {
        < 45 => ByteMutations.Mutate(file, random),
        < 75 => ByteMutations.Gzip(IdxFormat.Damage(Inflate(file), random)),
        < 80 => Member(file, random),
        < 85 => End(file, random),
        < 90 => ByteMutations.Gzip(Inflate(file))[..^random.Size(8)],
        < 93 => ByteMutations.Replace(file, random),
        < 95 => Zlib(Inflate(file)),
        < 97 => Bomb(random),
        _ => ByteMutations.Splice(file, ByteMutations.Gzip(IdxFormat.Build(7, 3)), random),
    };

    /// <summary>Further members behind the first, empty ones or ones with data.</summary>
    private static byte[] Member(byte[] file, FuzzRandom random)
    {
        var member = random.OneIn(2) ? ByteMutations.Gzip([]) : ByteMutations.Gzip(random.Bytes(random.Size(20)));
        var changed = new List<byte>(file);
        for (var times = random.OneIn(20) ? 20_000 : random.Size(5); times > 0; times--)
        {
            changed.AddRange(member);
        }

        return [.. changed];
    }

    /// <summary>Another checksum or length at the end.</summary>
    private static byte[] End(byte[] file, FuzzRandom random)
    {
        byte[] changed = [.. file];
        BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(changed.Length - (random.OneIn(2) ? 4 : 8)), (int)random.Pick(ByteMutations.Numbers));
        return changed;
    }

    /// <summary>Very much data in a small file: as the header declares, more than it declares, or less.</summary>
    private static byte[] Bomb(FuzzRandom random)
    {
        var size = random.OneIn(8) ? 64 * Mebi : random.Size(4 * Mebi);
        var declared = random.Pick([size, 1, 1000, size + 1, size - 1, 1 << 30, int.MaxValue]);
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
        {
            var header = new byte[12];
            (header[2], header[3]) = (8, 2);
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), random.OneIn(2) ? declared : 1);
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)) == 1 ? declared : 1);
            gzip.Write(header);
            var zeros = new byte[1 << 16];
            for (var left = size; left > 0; left -= zeros.Length)
            {
                gzip.Write(zeros, 0, Math.Min(left, zeros.Length));
            }
        }

        return stream.ToArray();
    }

    private static byte[] Zlib(byte[] plain)
    {
        using var stream = new MemoryStream();
        using (var zlib = new ZLibStream(stream, CompressionLevel.Fastest))
        {
            zlib.Write(plain);
        }

        return stream.ToArray();
    }

    private static byte[] Inflate(byte[] file)
    {
        if (file is not [0x1F, 0x8B, ..])
        {
            return file;
        }

        using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    /// <summary>The bytes that the header of the compressed data declares, 0 where there is none.</summary>
    private static long DeclaredBy(byte[] file)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
            var header = new byte[20];
            var found = gzip.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            var rank = Math.Min((found / 4) - 1, header[3]);
            var product = 1.0;
            for (var d = 0; d < rank; d++)
            {
                product *= Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 + (4 * d))));
            }

            return product > 1 << 30 ? 0 : (long)product;
        }
        catch (InvalidDataException)
        {
            return 0;
        }
    }
}
