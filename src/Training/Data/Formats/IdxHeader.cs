using System.Buffers.Binary;
using System.Globalization;

namespace Gpu.Training.Data;

/// <summary>The header of an IDX file; see <see cref="IdxFile"/>.</summary>
/// <param name="Path">The file.</param>
/// <param name="Type">The type byte.</param>
/// <param name="Dimensions">Lengths of the dimensions.</param>
internal sealed record IdxHeader(string Path, byte Type, int[] Dimensions)
{
    internal const byte UnsignedByte = 0x08;
    private const int MaximumRank = 4;

    /// <summary>How many dimensions there are.</summary>
    internal int Rank => Dimensions.Length;

    /// <summary>Bytes of the header.</summary>
    internal int Bytes => 4 + (4 * Rank);

    /// <summary>Bytes of a value.</summary>
    internal int ValueBytes => Type switch { 0x0B => 2, 0x0C or 0x0D => 4, 0x0E => 8, _ => 1 };

    /// <summary>Bytes of all values; beyond any file where they are too many to count.</summary>
    internal long ContentBytes { get; private init; }

    /// <summary>The shape in words: <c>60,000 x 28 x 28</c>.</summary>
    internal string Shape => ShapeText(Dimensions);

    /// <summary>Whether a file begins as an IDX file does.</summary>
    internal static bool Matches(ReadOnlySpan<byte> start) => start is [0, 0, ..];

    /// <summary>Dimensions in words: <c>60,000 x 28 x 28</c>.</summary>
    internal static string ShapeText(IEnumerable<int> dimensions) =>
        string.Join(" x ", dimensions.Select(length => length.ToString("N0", CultureInfo.InvariantCulture)));

    /// <summary>Reads a header.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="stream">Its content; it stands behind the header afterwards.</param>
    /// <param name="types">The types of values that are read.</param>
    /// <exception cref="TrainingException">It is none.</exception>
    internal static IdxHeader Read(string path, Stream stream, ReadOnlySpan<byte> types)
    {
        Span<byte> magic = stackalloc byte[4];
        var read = stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
        var rank = CheckMagic(path, magic[..read], types);

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

        var header = new IdxHeader(path, magic[2], dimensions);
        return header with { ContentBytes = header.CountBytes() };
    }

    /// <summary>Checks that the values are neither more than may be read nor than the file can hold.</summary>
    /// <param name="largest">The most bytes of values that are read.</param>
    /// <param name="input">The file.</param>
    internal void CheckSize(long largest, DataInput input)
    {
        if (ContentBytes > largest)
        {
            throw TrainingException.BadData(
                $"{Path}: expected at most {largest:N0} bytes of values, found a header that declares {Shape}; split the file, and name its parts with --data.");
        }

        if (ContentBytes + Bytes > input.MostBytes)
        {
            throw input.IsGzip
                ? TrainingException.BadData(
                    $"{Path}: the header declares {Shape}, {ContentBytes:N0} bytes, more than a gzip file of "
                    + $"{input.FileBytes:N0} bytes can hold; it is damaged or cut off: get the file again.")
                : CutOff(input.MostBytes - Bytes);
        }

        if (!input.IsGzip && ContentBytes + Bytes < input.MostBytes)
        {
            throw TooLong(input.MostBytes - Bytes);
        }
    }

    /// <summary>The error of a file that ends too early.</summary>
    internal TrainingException CutOff(long found) => TrainingException.BadData(
        $"{Path}: the header declares {Shape}, {ContentBytes:N0} bytes, found {found:N0}: the file is cut off; get it again.");

    /// <summary>The error of a file that goes on behind its data; null for an unknown length.</summary>
    internal TrainingException TooLong(long? found) => TrainingException.BadData(
        $"{Path}: the header declares {Shape}, {ContentBytes:N0} bytes, found {(found is { } n ? $"{n:N0}" : "more")}: "
        + "the header and the data do not belong together; get the file again.");

    private long CountBytes()
    {
        long count = ValueBytes;
        foreach (var length in Dimensions)
        {
            if (length <= 0)
            {
                throw TrainingException.BadData(
                    $"{Path}: expected dimensions of at least 1 in the header, found {Shape}; the file holds no samples or is damaged.");
            }

            // A product beyond the limit stays beyond it: capping keeps four large dimensions from overflowing.
            count = Math.Min(count * length, long.MaxValue / int.MaxValue);
        }

        return count;
    }

    /// <summary>The number of dimensions, from the first four bytes.</summary>
    private static int CheckMagic(string path, ReadOnlySpan<byte> magic, ReadOnlySpan<byte> types)
    {
        if (magic.Length < 4)
        {
            throw TrainingException.BadData($"{path}: expected an IDX file, found data of {magic.Length} bytes; get the file again.");
        }

        if (magic[0] != 0 || magic[1] != 0)
        {
            throw TrainingException.BadData($"{path}: expected an IDX file, which begins with 00 00 08, found {ForeignFormats.Describe(magic)}.");
        }

        if (!types.Contains(magic[2]))
        {
            throw TrainingException.BadData(
                $"{path}: expected values of type 0x08 (unsigned byte), found {TypeName(magic[2])}; convert the values to bytes from 0 to 255.");
        }

        return magic[3] is >= 1 and <= MaximumRank
            ? magic[3]
            : throw TrainingException.BadData(
                $"{path}: expected 1 to {MaximumRank} dimensions in the header, found {magic[3]}; this is no IDX file of labels or images.");
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
