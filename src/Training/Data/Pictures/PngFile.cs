using System.Buffers.Binary;
using System.IO.Compression;

namespace Gpu.Training.Data;

/// <summary>Writes grey pictures as PNG (https://www.w3.org/TR/png/): signature, header, one chunk of data without filters, end.</summary>
public static class PngFile
{
    /// <summary>A picture of Height x Width bytes as a file.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int height, int width)
    {
        // Each row behind the number of its filter, which is that of none.
        var rows = new byte[height * (width + 1)];
        for (var y = 0; y < height; y++)
        {
            pixels.Slice(y * width, width).CopyTo(rows.AsSpan((y * (width + 1)) + 1));
        }

        // A page has hundreds: the last 3 % of their size would take twice the time.
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        return [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    /// <summary>A picture as the address of itself, for a page.</summary>
    public static string ToAddress(ReadOnlySpan<byte> pixels, int height, int width) => $"data:image/png;base64,{Convert.ToBase64String(Encode(pixels, height, width))}";

    private static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        var chunk = new byte[12 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        type.CopyTo(chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + content.Length), Crc32.End(Crc32.Add(Crc32.Start, chunk.AsSpan(4, 4 + content.Length))));
        return chunk;
    }
}
