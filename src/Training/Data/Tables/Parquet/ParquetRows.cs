using Parquet;
using Parquet.Schema;

namespace Gpu.Training.Data;

/// <summary>
/// The rows of a Parquet file (parquet.apache.org, read by Parquet.Net), whose cells become texts, so that the rules of tables go for them as for
/// any other. One group of rows is held at a time, and of it the columns that are asked for.
/// </summary>
internal sealed class ParquetRows : ITableRows
{
    /// <summary>Numbers of a group of rows for each byte of the file: runs of equal cells take next to nothing, but not nothing.</summary>
    private const long CellsOfByte = 4096;

    private const long LeastCells = 1 << 24;
    private readonly string _path;
    private readonly long _fileBytes;
    private readonly Stream _file;
    private readonly ParquetReader _reader;
    private readonly Field[] _fields;
    private readonly ParquetColumn?[] _columns;
    private readonly char[] _buffer = new char[ParquetColumn.LongestText];
    private int _group = -1;
    private int _row;
    private int _rowsOfGroup;

    /// <summary>Opens a file.</summary>
    /// <param name="input">The file.</param>
    /// <exception cref="TrainingException">It is damaged, compressed as a whole, or has columns that hold more than one value a row.</exception>
    internal ParquetRows(DataInput input)
    {
        if (input.IsGzip)
        {
            throw TrainingException.BadData($"{input.Path}: expected a Parquet file as it is, found one that is compressed with gzip; unpack it first (gunzip).");
        }

        (_path, _fileBytes, _file) = (input.Path, input.FileBytes, input.OpenFile());
        if (!ParquetFooter.IsWhole(_file))
        {
            throw Damaged(null);
        }

        _reader = Guard(() => ParquetReader.CreateAsync(input.OpenFile(), new ParquetOptions { TreatByteArrayAsString = true }, leaveStreamOpen: true).GetAwaiter().GetResult());
        _fields = Guard(() => _reader.Schema.Fields.ToArray());
        _columns = new ParquetColumn?[_fields.Length];
        Names = [.. _fields.Select(field => field.Name)];
    }

    /// <summary>The names of the columns.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>Which columns are read; the cells of others are empty.</summary>
    internal Func<int, bool> IsWanted { private get; set; } = _ => true;

    /// <inheritdoc/>
    public int Count => _fields.Length;

    /// <inheritdoc/>
    public long Line { get; private set; }

    /// <summary>Whether a file is one.</summary>
    internal static bool Matches(ReadOnlySpan<byte> start) => start.StartsWith("PAR1"u8);

    /// <inheritdoc/>
    public bool Read()
    {
        Line++;
        while (++_row >= _rowsOfGroup)
        {
            if (++_group >= _reader.RowGroupCount)
            {
                return false;
            }

            Guard(LoadGroup);
        }

        return true;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<char> Field(int column) => _columns[column] is { } cells ? cells.Text(_row, _buffer) : default;

    public void Dispose() => _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private bool LoadGroup()
    {
        using var group = _reader.OpenRowGroupReader(_group);
        var wanted = Enumerable.Range(0, Count).Count(IsWanted);
        if (group.RowCount < 0 || group.RowCount > Math.Max(LeastCells, _fileBytes * CellsOfByte) / Math.Max(wanted, 1))
        {
            throw TrainingException.BadData($"{_path}: group {_group + 1}: expected rows that a file of {_fileBytes:N0} bytes can hold, found {group.RowCount:N0} declared; get the file again.");
        }

        (_row, _rowsOfGroup) = (-1, (int)group.RowCount);
        for (var column = 0; column < Count; column++)
        {
            // What the group before it had is let go first.
            _columns[column] = null;
            _columns[column] = IsWanted(column) ? Load(group, _fields[column]) : null;
        }

        return true;
    }

    /// <summary>Reads a column, which must have one value a row, and that of a type that tables have.</summary>
    private ParquetColumn Load(ParquetRowGroupReader group, Field field)
    {
        var plain = field is DataField { IsArray: false, MaxRepetitionLevel: 0 } data ? data : null;
        if (plain is not null && group.GetMetadata(plain)?.MetaData is { } pages && !ParquetPages.AreWhole(_file, pages, _rowsOfGroup))
        {
            throw Damaged(null);
        }

        return (plain is null ? null : ParquetColumn.Read(group, plain, _rowsOfGroup)) ?? throw TrainingException.BadData(
            $"{_path}: column '{field.Name}': expected a number, a text, a day or a yes or no in each row, found {(plain is null ? "lists or structures" : $"values of type {plain.ClrType.Name}")}; "
            + $"leave it out with --ignore '{field.Name}'.");
    }

    /// <summary>Whatever goes wrong within a file that is damaged.</summary>
    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (OutOfMemoryException cause)
        {
            // A damaged page may call itself larger than any memory.
            throw TrainingException.BadData(
                $"{_path}: expected groups of rows that fit into memory, found a larger one, or one that is damaged; get the file again, write it in smaller groups, or as .csv.", cause);
        }
        catch (Exception cause) when (cause is not TrainingException)
        {
            throw Damaged(cause);
        }
    }

    private TrainingException Damaged(Exception? cause) => TrainingException.BadData(
        $"{_path}: expected a Parquet file, found one that is damaged, or written in a way that is not read; get the file again, or write it as .csv.", cause);
}
