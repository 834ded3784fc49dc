using System.Buffers.Binary;
using System.IO.Compression;

namespace Gpu.Fuzzing.Mutations;

/// <summary>Damage that needs no knowledge of a format.</summary>
internal static class ByteMutations
{
    /// <summary>Numbers at which readers go wrong.</summary>
    internal static readonly long[] Numbers =
    [
        0, 1, 2, 3, 4, 7, 8, 255, 256, 257, 32767, 65535, 65536, 1 << 20, 1 << 24, 1 << 28, 1 << 30, int.MaxValue, int.MinValue,
        uint.MaxValue, 1L << 32, long.MaxValue, long.MinValue, -1, -2, -128, 784, 785,
    ];

    private static readonly Func<byte[], FuzzRandom, byte[]>[] _all =
    [
        FlipBits, FlipBits, FlipBits, Cut, Append, Overwrite, Remove, Repeat, SwapParts, PutNumber, PutNumber, Fill, Insert,
    ];

    /// <summary>One to three kinds of damage.</summary>
    internal static byte[] Mutate(byte[] bytes, FuzzRandom random)
    {
        for (var times = random.Size(3); times > 0; times--)
        {
            bytes = random.Pick(_all)(bytes, random);
        }

        return bytes;
    }

    /// <summary>Something else in place of the file.</summary>
    internal static byte[] Replace(byte[] bytes, FuzzRandom random) => random.Below(8) switch
    {
        0 => [],
        1 => random.Bytes(random.Size(300)),
        2 => "<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n"u8.ToArray(),
        3 => new byte[random.Size(4096)],
        4 => Gzip(bytes),
        5 => Gzip(Gzip(bytes)),
        6 => [.. "PK\u0003\u0004"u8, .. bytes],
        _ => [.. bytes.Reverse()],
    };

    /// <summary>The bytes as a gzip file.</summary>
    internal static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }

    /// <summary>The first part of one file and the last part of another.</summary>
    internal static byte[] Splice(byte[] first, byte[] second, FuzzRandom random) =>
        [.. first.AsSpan(0, random.Below(first.Length + 1)), .. second.AsSpan(random.Below(second.Length + 1))];

    private static byte[] FlipBits(byte[] bytes, FuzzRandom random)
    {
        byte[] changed = [.. bytes];
        for (var flips = random.Size(8); flips > 0 && changed.Length > 0; flips--)
        {
            changed[random.Below(changed.Length)] ^= (byte)(1 << random.Below(8));
        }

        return changed;
    }

    private static byte[] Cut(byte[] bytes, FuzzRandom random) =>
        random.OneIn(2) ? bytes[..random.Below(bytes.Length + 1)] : bytes[..Math.Max(0, bytes.Length - random.Size(16))];

    private static byte[] Append(byte[] bytes, FuzzRandom random) => random.Below(3) switch
    {
        0 => [.. bytes, .. random.Bytes(random.Size(64))],
        1 => [.. bytes, .. new byte[random.Size(64)]],
        _ => [.. bytes, .. bytes],
    };

    private static byte[] Overwrite(byte[] bytes, FuzzRandom random)
    {
        var (start, length) = Part(bytes, random);
        return [.. bytes.AsSpan(0, start), .. random.Bytes(length), .. bytes.AsSpan(start + length)];
    }

    private static byte[] Fill(byte[] bytes, FuzzRandom random)
    {
        var (start, length) = Part(bytes, random);
        byte[] changed = [.. bytes];
        changed.AsSpan(start, length).Fill(random.Pick<byte>([0, 0xFF, 0x80, (byte)' ', (byte)'9', (byte)'\n', (byte)'"']));
        return changed;
    }

    private static byte[] Remove(byte[] bytes, FuzzRandom random)
    {
        var (start, length) = Part(bytes, random);
        return [.. bytes.AsSpan(0, start), .. bytes.AsSpan(start + length)];
    }

    private static byte[] Repeat(byte[] bytes, FuzzRandom random)
    {
        var (start, length) = Part(bytes, random);
        return [.. bytes.AsSpan(0, start + length), .. bytes.AsSpan(start)];
    }

    private static byte[] SwapParts(byte[] bytes, FuzzRandom random)
    {
        var (start, length) = Part(bytes, random);
        var (other, _) = Part(bytes[(start + length)..], random);
        other += start + length;
        var otherLength = Math.Min(length, bytes.Length - other);
        return
        [
            .. bytes.AsSpan(0, start), .. bytes.AsSpan(other, otherLength), .. bytes.AsSpan((start + length)..other),
            .. bytes.AsSpan(start, length), .. bytes.AsSpan(other + otherLength),
        ];
    }

    private static byte[] Insert(byte[] bytes, FuzzRandom random)
    {
        var at = random.Below(bytes.Length + 1);
        return [.. bytes.AsSpan(0, at), .. random.Bytes(random.Size(16)), .. bytes.AsSpan(at)];
    }

    /// <summary>Writes a number over the bytes, most often near the start, where lengths stand.</summary>
    private static byte[] PutNumber(byte[] bytes, FuzzRandom random)
    {
        var number = random.Pick(Numbers) + (random.OneIn(4) ? random.Below(5) - 2 : 0);
        Span<byte> text = stackalloc byte[8];
        var size = random.Pick([1, 2, 4, 8]);
        if (random.OneIn(2))
        {
            BinaryPrimitives.WriteInt64LittleEndian(text, number);
            text = text[..size];
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(text, number);
            text = text[(8 - size)..];
        }

        byte[] changed = [.. bytes];
        if (changed.Length >= size)
        {
            text.CopyTo(changed.AsSpan(random.Below(Math.Min(changed.Length - size + 1, random.OneIn(2) ? 24 : int.MaxValue))));
        }

        return changed;
    }

    private static (int Start, int Length) Part(byte[] bytes, FuzzRandom random)
    {
        var start = random.Below(bytes.Length + 1);
        return (start, random.Below(1 + Math.Min(bytes.Length - start, random.OneIn(2) ? 8 : int.MaxValue - 1)));
    }
}
