using System.Globalization;
using System.Text.Json;
using Gpu.Host.Runs;

namespace Gpu.Host.Tests;

/// <summary>A table of numbers and words trains, and the model answers raw files of it.</summary>
public sealed class TableRunTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_trains_goes_on_and_answers_raw_files_whatever_the_order_of_their_columns()
    {
        string[] header = ["age", "job", "pay", "income"];
        var rows = Enumerable.Range(0, 120).Select(row => (string[])[
            row % 9 == 0 ? "?" : string.Create(CultureInfo.InvariantCulture, $"{20 + (row * 7 % 41)}.5"), row % 3 == 0 ? "smith" : "cook", $"{row * 13 % 50}", row * 13 % 50 < 25 ? "low" : "high"]).ToList();
        Write("people.csv", header, rows, 0, 1, 2, 3);
        Write("turned.csv", header, rows, 3, 2, 0, 1);
        Write("bare.csv", header, rows, 1, 0, 2);
        var trained = Run("train", "--data", "people.csv", "--target", "income", "--validation", "0.2", "--epochs", "30", "--device", "cpu", "--out", "run");
        Assert.Contains("96 training rows, 5 inputs, 2 classes of 'income'; 24 more held out for validation", trained.Error, StringComparison.Ordinal);

        using var eval = JsonDocument.Parse(Run("eval", "run", "--data", "people.csv", "--json").Output);
        Assert.InRange(eval.RootElement.GetProperty("correct").GetInt32(), 110, 120);
        Assert.Equal(Run("eval", "run", "--data", "people.csv").Output, Run("eval", "run", "--data", "turned.csv").Output);
        var answers = Run("predict", "run", "--data", "people.csv", "--format", "csv").Output;
        Assert.StartsWith("row,class,high,low\n", answers, StringComparison.Ordinal);
        Assert.Equal(answers, Run("predict", "run", "--data", "turned.csv", "--format", "csv").Output);
        Assert.Equal(answers, Run("predict", "run", "--data", "bare.csv", "--format", "csv").Output);

        Assert.Equal(answers, Run("predict", "run", "people.csv", "--format", "csv").Output);
        using var own = JsonDocument.Parse(Run("eval", "run", "--json").Output);
        Assert.Equal(24, own.RootElement.GetProperty("samples").GetInt32());
        Assert.Equal(MetricsTable.Read(_folder["run/metrics.csv"]).Column("validation_loss")![^1], own.RootElement.GetProperty("loss").GetDouble(), 1e-6);
        Assert.Contains("probability of the label\n#", Run("eval", "run", "--worst", "1").Output, StringComparison.Ordinal);

        Run("train", "--resume", "run", "--epochs", "40");
        Run("train", "--data", "people.csv", "--target", "income", "--validation", "0.2", "--epochs", "40", "--device", "cpu", "--out", "whole");
        Assert.Equal(File.ReadAllBytes(_folder["whole/model.safetensors"]), File.ReadAllBytes(_folder["run/model.safetensors"]));

        var refused = GpuProcess.Run(_folder.Path, "train", "--data", "people.csv", "--target", "age");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("expected classes, found a quantity", refused.ErrorLines[^1], StringComparison.Ordinal);
    }

    private void Write(string name, string[] header, List<string[]> rows, params int[] columns) =>
        File.WriteAllLines(_folder[name], rows.Prepend(header).Select(row => string.Join(',', columns.Select(column => row[column]))));

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }
}
