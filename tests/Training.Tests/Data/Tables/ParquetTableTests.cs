using Gpu.Training.Data;
using Parquet;
using Parquet.Schema;

namespace Gpu.Training.Tests.Data.Tables;

/// <summary>A Parquet file is the same table as the text that says the same, with the rules of tables.</summary>
public sealed class ParquetTableTests : IDisposable
{
    private const int Rows = 100;

    /// <summary>Of a page of so many whole numbers.</summary>
    private const int PageBytes = Rows * sizeof(int);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Zstd)]
    public async Task A_file_of_several_groups_is_the_table_that_its_text_is(CompressionMethod compression)
    {
        var path = await Write(compression);
        string[] lines = [.. Enumerable.Range(0, Rows).Select(row => FormattableString.Invariant(
            $"{Size(row)},{row % 7},{Quoted(Job(row))},{(row % 3 == 0 ? "true" : "false")},{Day(row):yyyy-MM-dd HH:mm},{(row % 2 == 0 ? "u" : "v")}"))];
        var text = _folder.Write("x.csv", "size,count,job,ok,when,y\n" + string.Join('\n', lines) + "\n");
        var (a, b) = (Train(path), Train(text));
        Assert.Equal(b.Table.ToText(), a.Table.ToText());
        Assert.Equal(b.Train.Values, a.Train.Values);
        Assert.Equal(b.Train.Labels, a.Train.Labels);
        Assert.Equal(b.Validation!.Values, a.Validation!.Values);
        Assert.Equal(["number", "number", "category", "category", "date"], TableReader.Read([path], new TableOptions()).Columns.SkipLast(1).Select(column => ColumnKinds.NameOf(column.Kind)));

        // A model that learned from the text answers the file.
        Assert.Equal(b.Table.Load([text], new TableOptions(), needsLabels: true).Values, b.Table.Load([path], new TableOptions(), needsLabels: true).Values);
        Assert.Equal(TableForm.Columns, TableForms.Of([path], null));
    }

    [Fact]
    public async Task Both_kinds_of_files_are_one_table_and_a_limit_ends_within_a_group()
    {
        var path = await Write(CompressionMethod.Snappy);
        var text = _folder.Write("more.csv", "y,when,ok,job,count,size\nu,2024-01-01,true,cook,1,0.5\n");
        Assert.Equal((Rows + 1, 30), (TableReader.Read([path, text], new TableOptions()).Rows, TableReader.Read([path], new TableOptions { Limit = 30 }).Rows));
    }

    [Fact]
    public async Task What_is_damaged_or_no_table_is_refused_in_a_sentence()
    {
        var bytes = File.ReadAllBytes(await Write(CompressionMethod.Snappy));
        foreach (var length in new[] { 4, 5, 12, bytes.Length / 2, bytes.Length - 1 })
        {
            var cut = Path.Combine(_folder.Path, "cut.parquet");
            File.WriteAllBytes(cut, bytes[..length]);
            Assert.Contains("expected a Parquet file, found one that is damaged", Assert.Throws<TrainingException>(() => TableReader.Read([cut], new TableOptions())).Message, StringComparison.Ordinal);
        }

        var lists = Path.Combine(_folder.Path, "lists.parquet");
        var (field, plain) = (new DataField("a", typeof(int), isNullable: false, isArray: true), new DataField<int>("b", nullable: false));
        await using (var file = File.Create(lists))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(field, plain), file))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<int>(field, new[] { 1, 2, 3 }, new[] { 0, 1, 0 });
            await group.WriteAsync<int>(plain, new[] { 1, 2 });
            group.CompleteValidate();
        }

        var message = Assert.Throws<TrainingException>(() => TableReader.Read([lists], new TableOptions())).Message;
        Assert.Contains("lists.parquet: column 'a': expected a number, a text, a day or a yes or no in each row, found lists", message, StringComparison.Ordinal);
    }

    /// <summary>A page that declares more values than it has would hide those behind it; one of fewer, or below 0, would have the reader wait for more; one that unpacks to 2 GB would have it take them.</summary>
    [Theory]
    [InlineData(Rows, PageBytes, true)]
    [InlineData(Rows - 1, PageBytes, false)]
    [InlineData(Rows + 1, PageBytes, false)]
    [InlineData(int.MaxValue, PageBytes, false)]
    [InlineData(0, PageBytes, false)]
    [InlineData(-1, PageBytes, false)]
    [InlineData(Rows, int.MaxValue, false)]
    public async Task A_page_has_as_many_values_as_its_group_has_rows(int values, int unpacked, bool isRight)
    {
        var (size, count) = (new DataField<double>("size", nullable: false), new DataField<int>("count", nullable: false));
        using var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(size, count), file, new ParquetOptions { CompressionMethod = CompressionMethod.None }))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<double>(size, Enumerable.Range(0, Rows).Select(row => row * 0.1).ToArray());
            await group.WriteAsync<int>(count, Enumerable.Range(0, Rows).Select(row => row % 7).ToArray());
            group.CompleteValidate();
        }

        // The header of a page: its bytes unpacked and as they are, and in the first field of the fifth its values; behind the last page other places do not shift.
        var bytes = file.ToArray();
        byte[] Header(int unpacked, int values) => [0x15, .. Varint(unpacked), 0x15, .. Varint(PageBytes), 0x2c, 0x15, .. Varint(values)];
        var header = Header(PageBytes, Rows);
        var place = bytes.AsSpan().LastIndexOf(header);
        Assert.True(place > 0);
        var path = Path.Combine(_folder.Path, "pages.parquet");
        File.WriteAllBytes(path, [.. bytes[..place], .. Header(unpacked, values), .. bytes[(place + header.Length)..]]);
        var options = new TableOptions { Target = "count" };
        if (isRight)
        {
            Assert.Equal(Rows, TableReader.Read([path], options).Rows);
            return;
        }

        Assert.Contains("pages.parquet: expected a Parquet file, found one that is damaged", Assert.Throws<TrainingException>(() => TableReader.Read([path], options)).Message, StringComparison.Ordinal);
    }

    /// <summary>A number of Thrift's compact protocol: 7 bits a byte, the lowest first, the sign in the lowest bit.</summary>
    private static byte[] Varint(int number)
    {
        var rest = (uint)((number << 1) ^ (number >> 31));
        var bytes = new List<byte>();
        for (; rest > 127; rest >>= 7)
        {
            bytes.Add((byte)(rest | 128));
        }

        return [.. bytes, (byte)rest];
    }

    private static TableTraining Train(string path) => TableTraining.Load([path], new TableOptions(), Split.Parse("0.2"), test: null, seed: 5);

    private static double? Size(int row) => row % 9 == 0 ? null : row * 0.1;

    private static string? Job(int row) => row % 11 == 0 ? null : row % 3 == 0 ? "cook, \"the\" first" : "smith";

    private static string Quoted(string? text) => text is null ? "" : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static DateTime Day(int row) => new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(6 * row);

    private async Task<string> Write(CompressionMethod compression)
    {
        var path = Path.Combine(_folder.Path, "x.parquet");
        DataField[] fields = [new DataField<double?>("size"), new DataField<int>("count"), new DataField<string>("job"), new DataField<bool>("ok"), new DataField<DateTime>("when"), new DataField<string>("y")];
        await using var file = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file, new ParquetOptions { CompressionMethod = compression });
        foreach (var rows in Enumerable.Range(0, Rows).Chunk(33))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<double>(fields[0], rows.Select(Size).ToArray());
            await group.WriteAsync<int>(fields[1], rows.Select(row => row % 7).ToArray());
            await group.WriteAsync(fields[2], rows.Select(Job).ToArray()!);
            await group.WriteAsync<bool>(fields[3], rows.Select(row => row % 3 == 0).ToArray());
            await group.WriteAsync<DateTime>(fields[4], rows.Select(Day).ToArray());
            await group.WriteAsync(fields[5], rows.Select(row => row % 2 == 0 ? "u" : "v").ToArray());
            group.CompleteValidate();
        }

        return path;
    }
}
