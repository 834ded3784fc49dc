using Gpu.Fuzzing.Mutations;
using Gpu.Training;
using Gpu.Training.Data;
using Parquet;
using Parquet.Schema;

namespace Gpu.Fuzzing.Formats;

/// <summary>Tables as Parquet files.</summary>
internal sealed class ParquetFormat : FileFormat
{
    private const string FileName = "table.parquet";

    public override string Name => "parquet";

    public override Failure Failure => Failure.Data;

    /// <summary>A file may hold runs of equal cells in next to nothing; the reader may take what 4,096 cells for each byte need, and 16,777,216 at least.</summary>
    public override long Declared(FuzzInput input) => Math.Max(base.Declared(input) * 4096, 1L << 24) * 40;

    public override void Read(string path)
    {
        var table = TableReader.Read([path], new TableOptions());
        Require(table.Rows > 0, "there is no row");
        Require(table.Columns.All(column => column.Present + column.Missing == table.Rows), "a column has not as many cells as there are rows");
        Require(table.Columns.All(column => !double.IsInfinity(column.Min) && !double.IsInfinity(column.Max)), "a column reaches to infinity");
    }

    public override string[] Command(string path, string helpers, string output) => ["data", path];

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        yield return new FuzzInput(FileName, Write(CompressionMethod.None, 40));
        yield return new FuzzInput(FileName, Write(CompressionMethod.Snappy, 7));
        yield return new FuzzInput(FileName, Write(CompressionMethod.Gzip, 20));
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random) => valid.With(valid.Entry, random.Below(10) switch
    {
        < 7 => ByteMutations.Mutate(valid.Content, random),
        7 => valid.Content[..^random.Size(Math.Min(60, valid.Content.Length))],
        8 => [.. valid.Content, .. random.Bytes(random.Size(12))],
        _ => ByteMutations.Replace(valid.Content, random),
    });

    /// <summary>A table of 40 rows in groups of some.</summary>
    private static byte[] Write(CompressionMethod compression, int rowsOfGroup) => WriteAll(compression, rowsOfGroup).GetAwaiter().GetResult();

    private static async Task<byte[]> WriteAll(CompressionMethod compression, int rowsOfGroup)
    {
        DataField[] fields = [new DataField<double?>("size"), new DataField<string>("colour"), new DataField<int>("count"), new DataField<string>("class")];
        using var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file, new ParquetOptions { CompressionMethod = compression }))
        {
            foreach (var rows in Enumerable.Range(0, 40).Chunk(rowsOfGroup))
            {
                await WriteGroup(writer, fields, rows);
            }
        }

        return file.ToArray();
    }

    private static async Task WriteGroup(ParquetWriter writer, DataField[] fields, int[] rows)
    {
        using var group = writer.CreateRowGroup();
        await group.WriteAsync<double>(fields[0], rows.Select(row => row % 9 == 0 ? null : (double?)(row * 0.5)).ToArray());
        await group.WriteAsync(fields[1], rows.Select(row => row % 3 == 0 ? "red" : "dark blue").ToArray());
        await group.WriteAsync<int>(fields[2], rows.Select(row => row % 5).ToArray());
        await group.WriteAsync(fields[3], rows.Select(row => row % 2 == 0 ? "x" : "y").ToArray());
        group.CompleteValidate();
    }
}
