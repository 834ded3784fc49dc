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

    [Fact]
    public void Names_of_classes_may_hold_line_breaks_commas_and_quotes()
    {
        string[] classes = ["a, \"b\"", "line\nbreak"];
        File.WriteAllText(_folder["odd.csv"], "size,kind\n" + string.Concat(Enumerable.Range(0, 60).Select(row =>
            $"{(row % 2 * 50) + (row % 7)},\"{classes[row % 2].Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n")));
        Run("train", "--data", "odd.csv", "--epochs", "20", "--device", "cpu", "--out", "run");
        using var eval = JsonDocument.Parse(Run("eval", "run", "--data", "odd.csv", "--json").Output);
        Assert.Equal(classes, eval.RootElement.GetProperty("classes").EnumerateArray().Select(item => item.GetProperty("name").GetString()));
        Assert.Contains(@"line\u000Abreak", Run("eval", "run", "--data", "odd.csv").Output, StringComparison.Ordinal);
        using var answer = JsonDocument.Parse(Run("predict", "run", "--data", "odd.csv", "--index", "2", "--format", "json").Output);
        Assert.Equal(("line\nbreak", 2), (answer.RootElement.GetProperty("name").GetString(), answer.RootElement.GetProperty("row").GetInt32()));
        Assert.StartsWith("row,class,\"a, \"\"b\"\"\",\"line\nbreak\"\n", Run("predict", "run", "odd.csv", "--format", "csv").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_says_nothing_of_a_table_is_refused_and_the_worst_rows_are_those_of_the_file()
    {
        string[] header = ["size", "kind"];
        var rows = Enumerable.Range(0, 60).Select(row => (string[])[$"{(row % 2 * 50) + (row % 7)}", row < 10 ? "" : row == 30 ? "odd" : row % 2 == 0 ? "even" : "odd"]).ToList();
        Write("some.csv", header, rows, 0, 1);
        File.WriteAllLines(_folder["bare.csv"], rows.Select(row => string.Join(',', row)));
        Run("train", "--data", "some.csv", "--epochs", "20", "--device", "cpu", "--out", "run");
        Assert.Contains("#31: a odd, answered even", Run("eval", "run", "--data", "some.csv", "--worst", "1").Output, StringComparison.Ordinal);

        Assert.Contains("--label-names goes with samples of bytes", Refused(2, "eval", "run", "--data", "some.csv", "--label-names", "a,b"), StringComparison.Ordinal);
        Assert.Contains("--split goes with samples of bytes", Refused(2, "predict", "run", "--data", "some.csv", "--split", "letters"), StringComparison.Ordinal);
        Assert.Contains("--header goes with --data", Refused(2, "eval", "run", "--header", "no"), StringComparison.Ordinal);
        Assert.Contains("found no 'size' and 'c1', 'c2' besides", Refused(3, "predict", "run", "--data", "bare.csv", "--header", "no"), StringComparison.Ordinal);
        Assert.Contains("--split goes with samples of bytes", Refused(2, "train", "--data", "some.csv", "--split", "letters"), StringComparison.Ordinal);
        Assert.Contains("--ignore go with tables of columns, and --data is none", Refused(2, "train", "--data", "digits", "--ignore", "size"), StringComparison.Ordinal);
        Assert.Contains("--column goes with a network from the start", Refused(2, "train", "--data", "some.csv", "--from", "run", "--column", "size:category"), StringComparison.Ordinal);
        Run("train", "--data", "some.csv", "--target", "last", "--epochs", "2", "--device", "cpu", "--out", "last");
        Run("train", "--resume", "last", "--epochs", "3");
    }

    private string Refused(int code, params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == code, result.Error);
        return result.ErrorLines[^1];
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
