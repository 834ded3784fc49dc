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
        var trained = Run("train", "--data", "people.csv", "--target", "income", "--validation", "0.2", "--epochs", "30", "--lr-schedule", "constant", "--device", "cpu", "--out", "run");
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
        Assert.Equal(BestLoss("run"), own.RootElement.GetProperty("loss").GetDouble(), 1e-6);
        Assert.Contains("probability of the label\n#", Run("eval", "run", "--worst", "1").Output, StringComparison.Ordinal);

        Run("train", "--resume", "run", "--epochs", "40");
        Run("train", "--data", "people.csv", "--target", "income", "--validation", "0.2", "--epochs", "40", "--lr-schedule", "constant", "--device", "cpu", "--out", "whole");
        Assert.Equal(File.ReadAllBytes(_folder["whole/model.safetensors"]), File.ReadAllBytes(_folder["run/model.safetensors"]));
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
        Assert.Contains("--ignore, --bins and --embedding go with tables of columns, and --data is none", Refused(2, "train", "--data", "digits", "--ignore", "size"), StringComparison.Ordinal);
        Assert.Contains("--column goes with a network from the start", Refused(2, "train", "--data", "some.csv", "--from", "run", "--column", "size:category"), StringComparison.Ordinal);
        Run("train", "--data", "some.csv", "--target", "last", "--epochs", "2", "--device", "cpu", "--out", "last");
        Run("train", "--resume", "last", "--epochs", "3");
    }

    [Fact]
    public void A_quantity_is_learned_in_its_own_units_and_its_best_epoch_kept_and_judged()
    {
        // y = 1000 + 30 size, and 200 more in the south; what is missing says nothing.
        string[] header = ["size", "place", "price"];
        var rows = Enumerable.Range(0, 240).Select(row => (string[])[
            row % 11 == 0 ? "" : $"{row * 7 % 60}", row % 3 == 0 ? "south" : "north", row % 40 == 7 ? "NA" : $"{1000 + (30 * (row * 7 % 60)) + (row % 3 == 0 ? 200 : 0)}.5"]).ToList();
        Write("houses.csv", header, rows, 0, 1, 2);
        Write("turned.csv", header, rows, 2, 1, 0);
        Write("bare.csv", header, rows, 1, 0);
        var trained = Run("train", "--data", "houses.csv", "--target", "price", "--epochs", "60", "--lr", "0.01", "--device", "cpu", "--out", "run", "--json");
        Assert.Contains("the quantity 'price'; 35 more held out for validation", trained.Error, StringComparison.Ordinal);
        using var end = JsonDocument.Parse(trained.Lines[^1]);
        var judged = end.RootElement.GetProperty("judged")[0];
        Assert.Equal(("validation", true), (judged.GetProperty("part").GetString(), judged.GetProperty("chose_epoch").GetBoolean()));
        Assert.InRange(judged.GetProperty("baseline_rmse").GetDouble(), 400, 700);
        Assert.InRange(judged.GetProperty("rmse").GetDouble(), 0, 250);
        Assert.Equal(MetricsTable.Read(_folder["run/metrics.csv"]).Column("validation_rmse")!.Min(), judged.GetProperty("rmse").GetDouble(), 1e-2);

        using var eval = JsonDocument.Parse(Run("eval", "run", "--data", "houses.csv", "--json").Output);
        Assert.Equal(234, eval.RootElement.GetProperty("samples").GetInt32());
        Assert.InRange(eval.RootElement.GetProperty("r2").GetDouble(), 0.8, 1);
        Assert.Contains("its epoch was chosen by them", Run("eval", "run").Error, StringComparison.Ordinal);
        Assert.StartsWith("RMSE ", Run("eval", "run").Output, StringComparison.Ordinal);
        var answers = Run("predict", "run", "houses.csv", "--format", "csv");
        Assert.Equal(("row,price", 241), (answers.Lines[0], answers.Lines.Length));
        Assert.InRange(double.Parse(answers.Lines[3].Split(',')[1], CultureInfo.InvariantCulture), 1300, 1550);
        Assert.Equal(answers.Output, Run("predict", "run", "turned.csv", "--format", "csv").Output);
        Assert.Equal(answers.Output, Run("predict", "run", "bare.csv", "--format", "csv").Output);

        Run("train", "--resume", "run", "--epochs", "80");
        Run("train", "--data", "houses.csv", "--target", "price", "--epochs", "80", "--lr", "0.01", "--device", "cpu", "--out", "whole", "--data-mode", "streamed");
        Assert.Equal(File.ReadAllBytes(_folder["whole/model.safetensors"]), File.ReadAllBytes(_folder["run/model.safetensors"]));
        Assert.Contains("RMSE", Run("runs", ".").Output, StringComparison.Ordinal);

        File.WriteAllText(_folder["words.csv"], "size,place,price\n1,south,much\n");
        Assert.Contains("column 'price': expected a number in each row or nothing, found 1 cell of another kind", Refused(3, "eval", "run", "--data", "words.csv"), StringComparison.Ordinal);
        Assert.Contains("--loss cross-entropy goes with classes", Refused(2, "train", "--data", "houses.csv", "--target", "price", "--loss", "cross-entropy"), StringComparison.Ordinal);
        Assert.Contains("--loss mae goes with a quantity, and ", Refused(2, "train", "--data", "houses.csv", "--target", "place", "--loss", "mae"), StringComparison.Ordinal);
        Run("train", "--data", "houses.csv", "--target", "price", "--loss", "huber", "--epochs", "80", "--lr", "0.01", "--device", "cpu", "--out", "huber");
        using var huber = JsonDocument.Parse(Run("eval", "huber", "--data", "houses.csv", "--json").Output);
        Assert.InRange(huber.RootElement.GetProperty("r2").GetDouble(), 0.8, 1);
    }

    [Fact]
    public void Classes_are_judged_beside_a_baseline_and_what_is_no_better_is_said()
    {
        File.WriteAllText(_folder["noise.csv"], "a,b,y\n" + string.Concat(Enumerable.Range(0, 200).Select(row => $"{row * 37 % 101}.5,{row * 53 % 97}.5,{(row * 7919 % 13 < 9 ? "usual" : "rare")}\n")));
        var lines = Run("train", "--data", "noise.csv", "--epochs", "3", "--validation", "0.15", "--test-data", "noise.csv", "--device", "cpu", "--out", "run").Lines;
        var start = Array.FindIndex(lines, line => line.StartsWith("validation accuracy ", StringComparison.Ordinal));
        Assert.EndsWith("of 30); the epoch was chosen by these rows, so that others may be answered worse", lines[start], StringComparison.Ordinal);
        Assert.Contains("baseline: the largest class alone has 70.00%", lines[start + 1], StringComparison.Ordinal);
        Assert.Matches("^  balanced accuracy [0-9.]+%, macro F1 [0-9.]+%, log loss [0-9.]+, AUC 0[.][0-9]{4}$", lines[start + 2]);
        Assert.Equal("  the model is no better than its baseline, as far as these samples tell", lines[start + 3]);
        Assert.StartsWith("test accuracy ", lines[start + 4], StringComparison.Ordinal);
        using var eval = JsonDocument.Parse(Run("eval", "run", "--data", "noise.csv", "--json").Output);
        Assert.Equal(eval.RootElement.GetProperty("loss").GetDouble(), eval.RootElement.GetProperty("log_loss").GetDouble(), 1e-5);
        var third = Run("train", "--data", "noise.csv", "--epochs", "3", "--validation", "0.15", "--test", "0.2", "--device", "cpu", "--out", "third", "--json");
        Assert.Contains("136 training rows, 2 inputs, 2 classes of 'y'; 24 more held out for validation; 40 more for the test at the end", third.Error, StringComparison.Ordinal);
        using var end = JsonDocument.Parse(third.Lines[^1]);
        var judged = end.RootElement.GetProperty("judged")[1];
        Assert.Equal(("test", 40, false), (judged.GetProperty("part").GetString(), judged.GetProperty("samples").GetInt32(), judged.GetProperty("chose_epoch").GetBoolean()));
        using var again = JsonDocument.Parse(Run("eval", "third", "--json").Output);
        Assert.Equal(judged.GetProperty("log_loss").GetDouble(), again.RootElement.GetProperty("log_loss").GetDouble(), 1e-6);
        Assert.DoesNotContain("test", File.ReadAllLines(_folder["third/metrics.csv"])[0], StringComparison.Ordinal);
        Run("train", "--resume", "third", "--epochs", "4");
        Assert.Contains("both say what judges the run", Refused(2, "train", "--data", "noise.csv", "--test", "0.2", "--test-data", "noise.csv"), StringComparison.Ordinal);
        Assert.Contains("\"validation\": \"none\"", Recipe("none", "--validation", "none"), StringComparison.Ordinal);
        Assert.Contains("\"validation\": 0.15", Recipe("usual"), StringComparison.Ordinal);
        Assert.Contains("\"optimizer\": \"sgd\"", Recipe("sgd", "--optimizer", "sgd"), StringComparison.Ordinal);
    }

    private string Recipe(string name, params string[] more)
    {
        Run(["train", "--data", "noise.csv", "--epochs", "1", "--device", "cpu", "--out", name, .. more]);
        return File.ReadAllText(_folder[$"{name}/recipe.json"]);
    }

    /// <summary>The loss of the epoch that most rows held out were answered right in, and of those the least.</summary>
    private double BestLoss(string run)
    {
        var metrics = MetricsTable.Read(_folder[$"{run}/metrics.csv"]);
        return metrics.Column("validation_correct")!.Zip(metrics.Column("validation_loss")!).OrderByDescending(epoch => epoch.First).ThenBy(epoch => epoch.Second).First().Second;
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
