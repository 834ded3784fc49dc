using System.Buffers.Binary;
using System.IO.Compression;

namespace Gpu.Training.Data;

/// <summary>
/// Holds the end of a gzip file against its data. A file is one member or several (RFC 1952, 2.2), each of which ends with the CRC-32
/// and the length of its data (2.3.1). GZipStream checks them where another member follows, but it does not miss those of the last one,
/// so a file cut off behind its data, or followed by something else, would pass.
/// </summary>
internal static class GzipEnd
{
    /// <summary>Bytes of a checksum and a length.</summary>
    private const int TrailerBytes = 8;

    /// <summary>Checks the end of a file whose data was read whole.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="file">The file; its position is moved.</param>
    /// <param name="length">Bytes of its data, of all members.</param>
    /// <exception cref="TrainingException">Its end is cut off, or something follows it.</exception>
    internal static void Check(string path, FileStream file, long length)
    {
        Span<byte> end = stackalloc byte[TrailerBytes];
        file.Seek(-Math.Min(TrailerBytes, file.Length), SeekOrigin.End);
        file.ReadAtLeast(end, TrailerBytes, throwOnEndOfStream: false);
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(end);
        var declared = BinaryPrimitives.ReadUInt32LittleEndian(end[4..]);
        if (declared == (uint)length)
        {
            return;
        }

        // Fewer than the whole: of several members, the last one's data is the end of all of it.
        if (declared > length || checksum != ChecksumOfEnd(path, file, length - declared))
        {
            throw TrainingException.BadData(
                $"{path}: expected the gzip file to end with the checksum and the length of its data, {length:N0} bytes or those of its last member, "
                + $"found {declared:N0}: its end is cut off or something follows it; get the file again.");
        }
    }

    /// <summary>The CRC-32 of the data behind its first bytes.</summary>
    private static uint ChecksumOfEnd(string path, FileStream file, long skip)
    {
        file.Position = 0;
        using var plain = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        var piece = new byte[1 << 16];
        var checksum = Crc32.Start;
        try
        {
            for (int read; (read = plain.Read(piece)) > 0; skip -= read)
            {
                var skipped = (int)Math.Clamp(skip, 0, read);
                checksum = Crc32.Add(checksum, piece.AsSpan(skipped, read - skipped));
            }
        }
        catch (InvalidDataException damage)
        {
            throw DataFile.DamagedGzip(path, damage);
        }

        return Crc32.End(checksum);
    }
}
