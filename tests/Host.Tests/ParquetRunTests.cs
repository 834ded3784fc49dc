using Parquet;
using Parquet.Schema;

namespace Gpu.Host.Tests;

/// <summary>A Parquet file trains as the text of the same table does, and a model of either answers both.</summary>
public sealed class ParquetRunTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_parquet_file_trains_to_the_model_of_its_text_and_is_answered_alike()
    {
        int[] rows = [.. Enumerable.Range(0, 300)];
        double?[] sizes = [.. rows.Select(row => row % 13 == 0 ? null : (double?)((row * 7 % 31) + 0.25))];
        string[] kinds = [.. rows.Select(row => row * 7 % 31 < 15 ? "small" : "large")];
        File.WriteAllLines(_folder["x.csv"], rows.Select(row => FormattableString.Invariant($"{sizes[row]},{kinds[row]}")).Prepend("size,kind"));
        DataField[] fields = [new DataField<double?>("size"), new DataField<string>("kind")];
        await using (var file = File.Create(_folder["x.parquet"]))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file))
        {
            foreach (var part in rows.Chunk(128))
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync<double>(fields[0], part.Select(row => sizes[row]).ToArray());
                await group.WriteAsync(fields[1], part.Select(row => kinds[row]).ToArray());
                group.CompleteValidate();
            }
        }

        Run("train", "--data", "x.csv", "--epochs", "20", "--device", "cpu", "--out", "text");
        Run("train", "--data", "x.parquet", "--epochs", "20", "--device", "cpu", "--out", "parquet");
        Assert.Equal(File.ReadAllBytes(_folder["text/model.safetensors"]), File.ReadAllBytes(_folder["parquet/model.safetensors"]));
        Assert.Equal(Run("eval", "text", "--data", "x.csv"), Run("eval", "text", "--data", "x.parquet"));
        Assert.Equal(Run("predict", "parquet", "x.csv", "--format", "csv"), Run("predict", "parquet", "x.parquet", "--format", "csv"));
        Assert.Contains("x.parquet: 300 rows, a Parquet file", Run("data", "x.parquet"), StringComparison.Ordinal);

        File.WriteAllBytes(_folder["cut.parquet"], File.ReadAllBytes(_folder["x.parquet"])[..400]);
        var refused = GpuProcess.Run(_folder.Path, "train", "--data", "cut.parquet");
        Assert.True(refused.ExitCode == 3 && refused.Error.Contains("gpu: cut.parquet: expected a Parquet file, found one that is damaged", StringComparison.Ordinal), refused.Error);
    }

    private string Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }
}
