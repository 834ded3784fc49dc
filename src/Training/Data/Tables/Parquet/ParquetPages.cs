using Parquet.Meta;

namespace Gpu.Training.Data;

/// <summary>Goes through the headers of the pages of a column, before the library that reads it trusts them, see <see cref="ParquetFooter"/>.</summary>
internal static class ParquetPages
{
    // Numbers of fields in the format's description (parquet.thrift, PageHeader and what is within it).
    private const int UncompressedSize = 2;
    private const int CompressedSize = 3;
    private const int DataPage = 5;
    private const int DictionaryPage = 7;
    private const int DataPageV2 = 8;
    private const int Values = 1;
    private const int Missing = 2;
    private const int DefinitionBytes = 5;
    private const int RepetitionBytes = 6;

    /// <summary>Bytes that a page may unpack to: so many for each of its own, and these at least.</summary>
    private const long BytesOfByte = 4096, LeastUnpacked = 1 << 24;

    /// <summary>Bytes that a header is looked for in: it has statistics, which may hold long texts.</summary>
    private static readonly int[] _headerBytes = [1 << 10, 1 << 16, 1 << 22];

    /// <summary>
    /// Whether the pages of a column have headers that are whole, lie in the file, and hold together as many values as there are rows: with fewer the
    /// library would wait for more, with more it would leave out the pages behind.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="column">What it says of the column, which has one value a row.</param>
    /// <param name="rows">Rows of the group.</param>
    internal static bool AreWhole(Stream file, ColumnMetaData column, long rows)
    {
        // Where both places are given, the dictionary is first, whatever is said of it.
        var at = column.DictionaryPageOffset is > 0 and var dictionary ? Math.Min(dictionary, column.DataPageOffset) : column.DataPageOffset;
        var values = 0L;
        while (values < rows)
        {
            if (Header(file, at) is not var (bytes, numbers) || !numbers.TryGetValue((0, CompressedSize), out var size) || size < 0 || size > file.Length - at - bytes || !IsSound(numbers, size))
            {
                return false;
            }

            at += bytes + size;
            values += numbers.GetValueOrDefault((DataPage, Values), numbers.GetValueOrDefault((DataPageV2, Values)));
        }

        return values == rows && column.NumValues == rows;
    }

    /// <summary>Whether the numbers of a header can be those of a page of so many bytes: the library takes memory by them.</summary>
    private static bool IsSound(Dictionary<(int Within, int Field), long> numbers, long size)
    {
        long Of(int within, int field) => numbers.GetValueOrDefault((within, field));
        var unpacked = Of(0, UncompressedSize);
        var (definition, repetition) = (Of(DataPageV2, DefinitionBytes), Of(DataPageV2, RepetitionBytes));
        return unpacked >= 0 && unpacked <= Math.Max(LeastUnpacked, size * BytesOfByte)
            && Of(DataPage, Values) >= 0 && Of(DataPageV2, Values) >= 0
            && Of(DataPageV2, Missing) is >= 0 and var missing && missing <= Of(DataPageV2, Values)
            && definition >= 0 && repetition >= 0 && definition + repetition <= size

            // A value of a dictionary takes a byte or more.
            && Of(DictionaryPage, Values) is >= 0 and var words && words <= unpacked;
    }

    /// <summary>How long the header is that begins at a place, and the numbers in it; null where it is damaged.</summary>
    private static (int Bytes, Dictionary<(int Within, int Field), long> Numbers)? Header(Stream file, long at)
    {
        foreach (var most in _headerBytes)
        {
            if (at < 0 || at >= file.Length)
            {
                return null;
            }

            var bytes = new byte[Math.Min(most, file.Length - at)];
            file.Position = at;
            file.ReadExactly(bytes);
            if (ParquetFooter.Read(bytes) is { } header)
            {
                return header;
            }
        }

        return null;
    }
}
