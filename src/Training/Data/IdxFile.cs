using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Gpu.Training.Files;

namespace Gpu.Training.Data;

/// <summary>
/// Reads IDX files, the format of the MNIST database: two zero bytes, a type byte, the number of dimensions, each dimension
/// as a big-endian 32-bit number, then the values (https://yann.lecun.com/exdb/mnist/). Plain or gzip is told by the first
/// bytes, not by the name. Only unsigned bytes (type 0x08) are read.
/// </summary>
public static class IdxFile
{
    /// <summary>The most bytes of values a file may declare: 1 GiB.</summary>
    public const int MaximumBytes = 1 << 30;

    private const byte UnsignedByte = 0x08;
    private const int MaximumRank = 4;

    /// <summary>Deflate cannot shrink by more than 1032 to 1 (zlib's technical details), so a header cannot ask for more.</summary>
    private const long LargestRatio = 1032;

    /// <summary>
    /// The array in a file. Memory is taken only after the header has been held against the length of the file.
    /// </summary>
    /// <exception cref="TrainingException">The file is missing, empty, cut off, too long, or no IDX file of bytes.</exception>
    public static IdxArray Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return SourceFile.Read(path, "an IDX file", TrainingException.BadData, file =>
        {
            try
            {
                return DataFile.IsGzip(file) ? Decompress(path, file) : Read(path, file, file.Length, compressed: false);
            }
            catch (InvalidDataException damage)
            {
                throw TrainingException.BadData($"{path}: expected a whole gzip file, found damaged data; get the file again.", damage);
            }
        });
    }

    /// <summary>Images: an array of two dimensions (samples x values) or three (samples x rows x columns).</summary>
    /// <exception cref="TrainingException">As <see cref="Read(string)"/>, or the file holds labels.</exception>
    public static IdxArray ReadImages(string path)
    {
        var array = Read(path);
        return array.Rank switch
        {
            2 or 3 => array,
            1 => throw TrainingException.BadData(
                $"{path}: expected images (magic 0x00000803), found {array.Shape} labels (magic 0x00000801); check whether the "
                + "image and the label file have been swapped."),
            _ => throw TrainingException.BadData(
                $"{path}: expected images of two or three dimensions (magic 0x00000802 or 0x00000803), found {array.Rank} "
                + $"dimensions ({array.Shape}); write each sample as one grey image."),
        };
    }

    /// <summary>Labels: an array of one dimension.</summary>
    /// <exception cref="TrainingException">As <see cref="Read(string)"/>, or the file holds images.</exception>
    public static byte[] ReadLabels(string path)
    {
        var array = Read(path);
        return array.Rank == 1
            ? array.Values
            : throw TrainingException.BadData(
                $"{path}: expected labels (magic 0x00000801), found {array.Shape} images (magic 0x0000080{array.Rank}); check "
                + "whether the image and the label file have been swapped.");
    }

    /// <summary>Dimensions in words: <c>60,000 x 28 x 28</c>.</summary>
    internal static string ShapeText(IEnumerable<int> dimensions) =>
        string.Join(" x ", dimensions.Select(length => length.ToString("N0", CultureInfo.InvariantCulture)));

    private static IdxArray Decompress(string path, FileStream file)
    {
        using var plain = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        var array = Read(path, plain, file.Length * LargestRatio, compressed: true);
        CheckGzipEnd(path, file, 4 + (4L * array.Rank) + array.Values.Length);
        return array;
    }

    private static IdxArray Read(string path, Stream stream, long mostBytes, bool compressed)
    {
        Span<byte> magic = stackalloc byte[4];
        var read = stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
        var rank = CheckMagic(path, magic[..read]);

        Span<byte> lengths = stackalloc byte[4 * MaximumRank];
        lengths = lengths[..(4 * rank)];
        if (stream.ReadAtLeast(lengths, lengths.Length, throwOnEndOfStream: false) < lengths.Length)
        {
            throw TrainingException.BadData(
                $"{path}: expected a header of {4 + lengths.Length} bytes, found a file that ends within it; get the file again.");
        }

        var dimensions = new int[rank];
        for (var d = 0; d < rank; d++)
        {
            dimensions[d] = BinaryPrimitives.ReadInt32BigEndian(lengths[(4 * d)..]);
        }

        var count = CheckSize(path, dimensions, mostBytes, compressed);
        var values = GC.AllocateUninitializedArray<byte>(count);
        var found = stream.ReadAtLeast(values, count, throwOnEndOfStream: false);
        if (found < count)
        {
            throw CutOff(path, dimensions, count, found);
        }

        if (stream.ReadByte() >= 0)
        {
            throw TooLong(path, dimensions, count, null);
        }

        return new IdxArray(path, dimensions, values);
    }

    /// <summary>
    /// The last four bytes of a gzip stream are the length of its data (RFC 1952, 2.3.1). GZipStream does not miss them, so a
    /// stream cut off behind its data, or followed by something else, would pass.
    /// </summary>
    private static void CheckGzipEnd(string path, FileStream file, long length)
    {
        Span<byte> end = stackalloc byte[4];
        file.Seek(-4, SeekOrigin.End);
        file.ReadExactly(end);
        var declared = BinaryPrimitives.ReadUInt32LittleEndian(end);
        if (declared != length)
        {
            throw TrainingException.BadData(
                $"{path}: expected the gzip file to end with the length of its data, {length:N0}, found {declared:N0}: its end is cut off "
                + "or something follows it; get the file again.");
        }
    }

    /// <summary>The number of dimensions, from the first four bytes.</summary>
    private static int CheckMagic(string path, ReadOnlySpan<byte> magic)
    {
        if (magic.Length < 4)
        {
            throw TrainingException.BadData(
                $"{path}: expected an IDX file, found data of {magic.Length} bytes; get the file again.");
        }

        if (magic[0] != 0 || magic[1] != 0)
        {
            throw TrainingException.BadData(
                $"{path}: expected an IDX file, which begins with 00 00 08, found {DescribeStart(magic)}.");
        }

        if (magic[2] != UnsignedByte)
        {
            throw TrainingException.BadData(
                $"{path}: expected values of type 0x08 (unsigned byte), found {TypeName(magic[2])}; convert the values to bytes "
                + "from 0 to 255.");
        }

        return magic[3] is >= 1 and <= MaximumRank
            ? magic[3]
            : throw TrainingException.BadData(
                $"{path}: expected 1 to {MaximumRank} dimensions in the header, found {magic[3]}; this is "
                + "no IDX file of labels or images.");
    }

    private static int CheckSize(string path, int[] dimensions, long mostBytes, bool compressed)
    {
        var count = 1L;
        foreach (var length in dimensions)
        {
            if (length <= 0)
            {
                throw TrainingException.BadData(
                    $"{path}: expected dimensions of at least 1 in the header, found {ShapeText(dimensions)}; the file holds no samples "
                    + "or is damaged.");
            }

            // a product beyond the limit stays beyond it: capping keeps four large dimensions from overflowing
            count = Math.Min(count * length, long.MaxValue / int.MaxValue);
        }

        if (count > MaximumBytes)
        {
            throw TrainingException.BadData(
                $"{path}: expected at most {MaximumBytes:N0} bytes of values, found a header that declares "
                + $"{ShapeText(dimensions)}; split the file.");
        }

        var header = 4 + (4L * dimensions.Length);
        if (count + header > mostBytes)
        {
            throw compressed
                ? TrainingException.BadData(
                    $"{path}: the header declares {ShapeText(dimensions)}, {count:N0} bytes, more than a gzip file of "
                    + $"{mostBytes / LargestRatio:N0} bytes can hold; it is damaged or cut off: get the file again.")
                : CutOff(path, dimensions, (int)count, mostBytes - header);
        }

        return !compressed && count + header < mostBytes
            ? throw TooLong(path, dimensions, count, mostBytes - header)
            : (int)count;
    }

    private static TrainingException CutOff(string path, int[] dimensions, int count, long found) => TrainingException.BadData(
        $"{path}: the header declares {ShapeText(dimensions)}, {count:N0} bytes, found {found:N0}: the file is cut off; get it again.");

    private static TrainingException TooLong(string path, int[] dimensions, long count, long? found) => TrainingException.BadData(
        $"{path}: the header declares {ShapeText(dimensions)}, {count:N0} bytes, found {(found is { } n ? $"{n:N0}" : "more")}: "
        + "the header and the data do not belong together; get the file again.");

    private static string DescribeStart(ReadOnlySpan<byte> start)
    {
        foreach (var value in start)
        {
            if (value is (< 0x20 or > 0x7E) and not (byte)'\t' and not (byte)'\r' and not (byte)'\n')
            {
                return $"{start[0]:X2} {start[1]:X2} {start[2]:X2} {start[3]:X2}; check that it is the right file";
            }
        }

        var text = Encoding.ASCII.GetString(start);
        return text.TrimStart().StartsWith('<')
            ? "a web page: a download that failed left its error page here; get the file again"
            : $"text that begins with '{text.Trim()}'; check that it is the right file (a table needs a name that ends in .csv)";
    }

    private static string TypeName(byte type) => type switch
    {
        0x09 => "0x09 (signed byte)",
        0x0B => "0x0B (16-bit integer)",
        0x0C => "0x0C (32-bit integer)",
        0x0D => "0x0D (32-bit float)",
        0x0E => "0x0E (64-bit float)",
        _ => $"0x{type:X2}, which IDX does not know",
    };
}
