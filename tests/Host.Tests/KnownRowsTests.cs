using System.Globalization;
using System.Text.Json;

namespace Gpu.Host.Tests;

/// <summary>A run knows the rows again that it has learned from, and says so before their score is taken for that of new ones.</summary>
public sealed class KnownRowsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_of_training_are_known_after_their_file_was_moved_shuffled_and_turned()
    {
        var rows = People(0, 140);
        Write("people.csv", rows, 0, 1, 2, 3);
        Directory.CreateDirectory(_folder["elsewhere"]);
        Write("elsewhere/renamed.csv", [.. rows.OrderBy(row => row[2][^1]).ThenByDescending(row => row[0])], 3, 2, 0, 1);
        Train("people.csv", "income", "--validation", "0.2", "--test", "0.1", "--out", "run");
        var eval = Run("eval", "run", "--data", "elsewhere/renamed.csv");
        Assert.Contains("warning: run has learned from 101 of these 140 rows", eval.Error, StringComparison.Ordinal);
        Assert.Single(eval.Lines, line => line.StartsWith("rows learned from: 101, accuracy ", StringComparison.Ordinal));
        Assert.Single(eval.Lines, line => line.StartsWith("rows held out for validation: 25, accuracy ", StringComparison.Ordinal));
        Assert.Single(eval.Lines, line => line.StartsWith("rows held out for the test: 14, accuracy ", StringComparison.Ordinal));

        // The part that was held out has the score that the run itself gives it, and the parts make up the whole.
        using var all = JsonDocument.Parse(Run("eval", "run", "--data", "elsewhere/renamed.csv", "--json").Output);
        var parts = all.RootElement.GetProperty("known").GetProperty("parts").EnumerateArray().ToDictionary(part => part.GetProperty("part").GetString()!, part => part);
        using var own = JsonDocument.Parse(Run("eval", "run", "--json").Output);
        Assert.False(own.RootElement.TryGetProperty("known", out _));
        Assert.Equal(own.RootElement.GetProperty("accuracy").GetDouble(), parts["test"].GetProperty("accuracy").GetDouble());
        Assert.Equal(own.RootElement.GetProperty("log_loss").GetDouble(), parts["test"].GetProperty("log_loss").GetDouble(), 1e-9);
        Assert.Equal(all.RootElement.GetProperty("correct").GetInt32(), parts.Values.Sum(part => part.GetProperty("accuracy").GetDouble() * part.GetProperty("samples").GetInt32()), 1e-9);

        // The folder of the run may move, too, and a checkpoint is of it.
        Directory.Move(_folder["run"], _folder["elsewhere/run"]);
        Assert.Contains("elsewhere/run has learned from 101 of these 140 rows", Run("eval", "elsewhere/run/checkpoints/best.safetensors", "--data", "people.csv").Error, StringComparison.Ordinal);
        File.Delete(_folder["elsewhere/run/known.bin"]);
        Assert.DoesNotContain("has learned from", Run("eval", "elsewhere/run", "--data", "people.csv").Error, StringComparison.Ordinal);
        File.WriteAllText(_folder["elsewhere/run/known.bin"], "damaged");
        Assert.Equal(7, GpuProcess.Run(_folder.Path, "eval", "elsewhere/run", "--data", "people.csv").ExitCode);
    }

    [Fact]
    public void New_rows_are_not_and_a_run_that_goes_on_with_other_data_knows_both()
    {
        Write("people.csv", People(0, 120), 0, 1, 2, 3);
        Write("others.csv", People(500, 120), 0, 1, 2, 3);
        Train("people.csv", "income", "--out", "run");
        Assert.DoesNotContain("has learned from", Run("eval", "run", "--data", "others.csv").Error, StringComparison.Ordinal);
        Run("train", "--from", "run", "--data", "others.csv", "--epochs", "2", "--validation", "none", "--device", "cpu", "--out", "next");
        Assert.Contains("next has learned from 120 of these 120 rows", Run("eval", "next", "--data", "others.csv").Error, StringComparison.Ordinal);
        Assert.Contains("next has learned from 102 of these 120 rows", Run("eval", "next", "--data", "people.csv").Error, StringComparison.Ordinal);
        Run("train", "--resume", "run", "--data", "others.csv", "--force", "--epochs", "6");
        Assert.Contains("run has learned from 102 of these 120 rows", Run("eval", "run", "--data", "others.csv").Error, StringComparison.Ordinal);
        Assert.Contains("run has learned from 102 of these 120 rows", Run("eval", "run", "--data", "people.csv").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void So_are_rows_with_a_quantity_and_images()
    {
        Write("people.csv", People(0, 140), 0, 1, 2, 3);
        Train("people.csv", "pay", "--test", "0.25", "--out", "pay");
        var eval = Run("eval", "pay", "--data", "people.csv");
        Assert.Matches("(?m)^rows learned from: [0-9]+, RMSE ", eval.Output);
        Assert.Matches("(?m)^rows held out for the test: 35, RMSE ", eval.Output);
        TinyData.WriteIdx(_folder);
        Run("train", "--data", "tiny", "--validation", "0.2", "--epochs", "2", "--device", "cpu", "--out", "images");
        Assert.DoesNotContain("has learned from", Run("eval", "images", "--data", "tiny").Error, StringComparison.Ordinal);
        eval = Run("eval", "images", "--data", "tiny/train-images-idx3-ubyte");
        Assert.Contains("images has learned from 72 of these 90 samples", eval.Error, StringComparison.Ordinal);
        Assert.Contains("samples held out for validation: 18, accuracy", eval.Output, StringComparison.Ordinal);
    }

    private static string[][] People(int first, int count) =>
    [
        .. Enumerable.Range(first, count).Select(row => (string[])[
            row % 9 == 0 ? "?" : string.Create(CultureInfo.InvariantCulture, $"{20 + (row * 7 % 41)}.{row}"), row % 3 == 0 ? "smith" : "cook",
            string.Create(CultureInfo.InvariantCulture, $"{row * 13 % 50}.{row}"), row * 13 % 50 < 25 ? "low" : "high"]),
    ];

    private void Write(string name, string[][] rows, params int[] order)
    {
        string[] header = ["age", "job", "pay", "income"];
        File.WriteAllLines(_folder[name], rows.Prepend(header).Select(row => string.Join(',', order.Select(column => row[column]))));
    }

    private void Train(string data, string target, params string[] more) => Run(["train", "--data", data, "--target", target, "--epochs", "4", "--device", "cpu", .. more]);

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }
}
