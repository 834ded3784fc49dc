using System.Buffers.Binary;
using System.IO.Compression;

namespace Gpu.Training.Tests;

/// <summary>Builds PNG and JPEG files for every test project.</summary>
internal static class PictureBytes
{
    /// <summary>A PNG file of grey pixels (https://www.w3.org/TR/png/): signature, header, one chunk of data without filters, end.</summary>
    internal static byte[] Png(ReadOnlySpan<byte> pixels, int height, int width)
    {
        var rows = new List<byte>();
        for (var y = 0; y < height; y++)
        {
            rows.Add(0);
            rows.AddRange(pixels.Slice(y * width, width));
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write([.. rows]);
        }

        return [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    /// <summary>
    /// A baseline JPEG file of one grey component (ITU-T T.81) whose blocks of 8 x 8 are flat: <paramref name="steps"/> holds how much lighter
    /// each block is than the one before it, in eighths of a grey, from -3 to 3.
    /// </summary>
    internal static byte[] Jpeg(int height, int width, params ReadOnlySpan<int> steps)
    {
        var bits = new List<bool>();
        foreach (var step in steps)
        {
            // The size of the number in two bits, then as many bits of the number, then the end of the block.
            var size = step == 0 ? 0 : Math.Abs(step) == 1 ? 1 : 2;
            Add(bits, size, 2);
            Add(bits, step >= 0 ? step : step + (1 << size) - 1, size);
            Add(bits, 0, 1);
        }

        while (bits.Count % 8 != 0)
        {
            bits.Add(true);
        }

        byte[] data = [.. bits.Chunk(8).SelectMany(Byte)];
        byte[] quantization = [0, .. Enumerable.Repeat((byte)1, 64)];
        byte[] frame = [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0];
        byte[] direct = [0x00, 0, 3, .. new byte[14], 0, 1, 2];
        byte[] alternating = [0x10, 1, .. new byte[15], 0];
        return
        [
            0xFF, 0xD8, .. Segment(0xDB, quantization), .. Segment(0xC0, frame), .. Segment(0xC4, direct), .. Segment(0xC4, alternating),
            .. Segment(0xDA, [1, 1, 0, 0, 63, 0]), .. data, 0xFF, 0xD9,
        ];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        var chunk = new byte[12 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        type.CopyTo(chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + content.Length), Checksum(chunk.AsSpan(4, 4 + content.Length)));
        return chunk;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var state = uint.MaxValue;
        foreach (var value in bytes)
        {
            state ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                state = (state & 1) == 0 ? state >> 1 : (state >> 1) ^ 0xEDB88320;
            }
        }

        return ~state;
    }

    private static byte[] Segment(byte marker, ReadOnlySpan<byte> content) => [0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];

    private static void Add(List<bool> bits, int value, int count)
    {
        for (var bit = count - 1; bit >= 0; bit--)
        {
            bits.Add((value >> bit & 1) != 0);
        }
    }

    private static byte[] Byte(bool[] bits)
    {
        var value = (byte)bits.Aggregate(0, (sum, bit) => (sum << 1) | (bit ? 1 : 0));
        return value == 0xFF ? [value, 0] : [value];
    }
}
