using System.Buffers.Binary;
using System.Text.Json;

namespace Gpu.Host.Tests;

/// <summary>What is held out has no say in what a model knows of tables, and the model needs nothing but its own file.</summary>
public sealed class TableLeakTests : IDisposable
{
    private const int Rows = 200;
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_encoding_is_the_same_bytes_with_the_held_out_rows_removed_from_the_file()
    {
        // The last rows hold values, kinds and missing cells that no other row has.
        string[] rows = [.. Enumerable.Range(0, Rows).Select(row => row < 160 ? Row(row) : row % 2 == 0 ? $"much,only{row},1999-12-31,{Class(row)}" : $"1e9,,never,{Class(row)}")];
        File.WriteAllLines(_folder["all.csv"], rows.Prepend("size,job,when,y"));
        File.WriteAllLines(_folder["rest.csv"], rows.Take(160).Prepend("size,job,when,y"));
        Train("all.csv", "all", "--validation", "last:20", "--test", "last:20");
        Train("rest.csv", "rest", "--validation", "none");
        var (all, rest) = (TableOf("all/model.safetensors"), TableOf("rest/model.safetensors"));
        Assert.Contains("size", all, StringComparison.Ordinal);
        Assert.Equal(rest, all);

        // With one of the held-out rows among those that are learned from it is another.
        File.WriteAllLines(_folder["more.csv"], rows.Take(161).Prepend("size,job,when,y"));
        Train("more.csv", "more", "--validation", "none", "--column", "when:date", "--ignore", "size");
        Assert.NotEqual(rest, TableOf("more/model.safetensors"));
    }

    [Fact]
    public void A_model_that_was_moved_answers_columns_in_another_order_with_the_same_probabilities()
    {
        string[] rows = [.. Enumerable.Range(0, Rows).Select(Row)];
        File.WriteAllLines(_folder["straight.csv"], rows.Prepend("size,job,when,y"));
        Train("straight.csv", "run");
        var before = Run(_folder.Path, "predict", "run", "--data", "straight.csv", "--format", "csv");
        Directory.CreateDirectory(_folder["far/away"]);
        File.Move(_folder["run/model.safetensors"], _folder["far/away/mine.safetensors"]);
        Directory.Delete(_folder["run"], recursive: true);
        File.Delete(_folder["straight.csv"]);
        File.WriteAllLines(_folder["far/turned.csv"], rows.Prepend("size,job,when,y").Select(row => row.Split(',')).Select(cells => $"{cells[2]};{cells[1]};{cells[0]}"));
        Assert.Equal(before, Run(_folder["far"], "predict", "away/mine.safetensors", "--data", "turned.csv", "--format", "csv"));
        Assert.Equal(Rows + 1, before.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count());
    }

    private static string Class(int row) => row % 2 == 0 ? "u" : "v";

    private static string Row(int row) => $"{(row % 23 == 0 ? "" : $"{row * 7 % 31}.5")},{(row % 3 == 0 ? "red" : row % 3 == 1 ? "blue" : "?")},2024-01-{1 + (row % 28):00},{Class(row)}";

    /// <summary>What a model file says of tables.</summary>
    private string TableOf(string model)
    {
        var bytes = File.ReadAllBytes(_folder[model]);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, (int)BinaryPrimitives.ReadInt64LittleEndian(bytes)));
        return header.RootElement.GetProperty("__metadata__").GetProperty("table").GetString()!;
    }

    private void Train(string data, string run, params string[] more) =>
        Run(_folder.Path, ["train", "--data", data, "--target", "y", "--epochs", "3", "--device", "cpu", "--out", run, .. more]);

    private static string Run(string folder, params string[] arguments)
    {
        var result = GpuProcess.Run(folder, arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }
}
