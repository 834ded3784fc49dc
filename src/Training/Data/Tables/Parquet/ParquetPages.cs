using Parquet.Meta;

namespace Gpu.Training.Data;

/// <summary>Goes through the headers of the pages of a column, before the library that reads it trusts them, see <see cref="ParquetFooter"/>.</summary>
internal static class ParquetPages
{
    // Numbers of fields in the format's description (parquet.thrift, PageHeader).
    private const int CompressedSize = 3;
    private const int DataPage = 5;
    private const int DataPageV2 = 8;
    private const int Values = 1;

    /// <summary>Bytes that a header is looked for in: it has statistics, which may hold long texts.</summary>
    private static readonly int[] _headerBytes = [1 << 10, 1 << 16, 1 << 22];

    /// <summary>Whether the pages of a column, as far as it has values, have headers that are whole, and lie in the file.</summary>
    internal static bool AreWhole(Stream file, ColumnMetaData column)
    {
        // Where both places are given, the dictionary is first, whatever is said of it.
        var at = column.DictionaryPageOffset is > 0 and var dictionary ? Math.Min(dictionary, column.DataPageOffset) : column.DataPageOffset;
        for (var values = 0L; values < column.NumValues;)
        {
            if (Header(file, at) is not var (bytes, numbers) || !numbers.TryGetValue((0, CompressedSize), out var size) || size < 0 || size > file.Length - at - bytes)
            {
                return false;
            }

            at += bytes + size;
            values += Math.Max(0, numbers.GetValueOrDefault((DataPage, Values), numbers.GetValueOrDefault((DataPageV2, Values))));
        }

        return true;
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
