using System.Globalization;
using System.Text.Json;

namespace Gpu.Host.Tests;

/// <summary>What a table decides of a run where nothing was asked for, and what its columns turn out to be worth.</summary>
public sealed class TableDefaultsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_recipe_of_a_table_is_written_resolved_and_gives_way_to_what_is_asked_for()
    {
        Write("few.csv", 100);
        using var few = Train("few.csv", "few");
        Assert.Equal(["dense 256 tanh", "dropout 0.2"], few.RootElement.GetProperty("layers").EnumerateArray().Select(layer => layer.GetString()));
        Assert.Equal("adam", few.RootElement.GetProperty("optimizer").GetString());
        Assert.Equal((0.005, "cosine"), (few.RootElement.GetProperty("lr").GetDouble(), few.RootElement.GetProperty("lr-schedule").GetString()));

        // 85 rows in 3 batches: 450 steps, whose rates add up to 1.125.
        Assert.Equal((1.33, 0.15), (few.RootElement.GetProperty("weight-decay").GetDouble(), few.RootElement.GetProperty("validation").GetDouble()));
        Assert.Equal(0.1f, few.RootElement.GetProperty("label-smoothing").GetSingle());
        Assert.Equal((150, "none"), (few.RootElement.GetProperty("epochs").GetInt32(), few.RootElement.GetProperty("bins").GetString()));

        using var asked = Train("few.csv", "asked", "--hidden", "5", "--epochs", "2", "--bins", "3");
        Assert.False(asked.RootElement.TryGetProperty("layers", out _));
        Assert.Equal((5, "constant"), (asked.RootElement.GetProperty("hidden")[0].GetInt32(), asked.RootElement.GetProperty("lr-schedule").GetString()));
        Assert.Equal((0, 0), (asked.RootElement.GetProperty("weight-decay").GetDouble(), asked.RootElement.GetProperty("label-smoothing").GetDouble()));
        Assert.Equal((3, 0.001), (asked.RootElement.GetProperty("bins").GetInt32(), asked.RootElement.GetProperty("lr").GetDouble()));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("none", "--epochs", "20", "--batch-size", "8")]
    [InlineData("none", "--test-data", "rows.csv")]
    [InlineData("0.15", "--lr", "0.01")]
    [InlineData("0.15", "--hidden", "5")]
    [InlineData("0.15", "--early-stop", "3")]
    [InlineData("0.25", "--validation", "0.25")]
    public void Where_other_rows_judge_a_small_table_all_are_learned_from_unless_the_epoch_is_to_be_chosen(string validation, params string[] more)
    {
        Write("rows.csv", 100);
        using var run = Train("rows.csv", "run", [.. more.Contains("--test-data") ? [] : new[] { "--test", "0.2" }, .. more.Contains("--epochs") ? [] : new[] { "--epochs", "2" }, .. more]);
        Assert.Equal(validation, run.RootElement.GetProperty("validation").ToString());
    }

    [Fact]
    public void A_table_of_more_than_ten_thousand_rows_has_some_held_out_though_others_judge_it()
    {
        Write("large.csv", 10_001);
        using var large = Train("large.csv", "large", "--test", "0.2", "--epochs", "1");
        Assert.Equal((0.15, 0.1f), (large.RootElement.GetProperty("validation").GetDouble(), large.RootElement.GetProperty("label-smoothing").GetSingle()));
        Write("fits.csv", 10_000);
        using var fits = Train("fits.csv", "fits", "--test", "0.2", "--epochs", "1");
        Assert.Equal("none", fits.RootElement.GetProperty("validation").GetString());
    }

    [Fact]
    public void Numbers_of_a_table_of_a_thousand_rows_have_bins_and_the_written_recipe_repeats_the_run()
    {
        Write("many.csv", 1300);
        using var many = Train("many.csv", "many", "--epochs", "2");
        Assert.Equal(8, many.RootElement.GetProperty("bins").GetInt32());
        Run("train", "--recipe", "many/recipe.json", "--data", "many.csv", "--out", "again");
        Assert.Equal(File.ReadAllBytes(_folder["many/model.safetensors"]), File.ReadAllBytes(_folder["again/model.safetensors"]));
        Run("train", "--from", "many", "--data", "many.csv", "--epochs", "1", "--out", "on");
        Run("train", "--resume", "many", "--epochs", "3");
        var refused = GpuProcess.Run(_folder.Path, "train", "--from", "many", "--data", "many.csv", "--bins", "4");
        Assert.True(refused.ExitCode == 2 && refused.Error.Contains("--bins goes with a network from the start", StringComparison.Ordinal), refused.Error);
        using var shown = JsonDocument.Parse(Run("data", "many.csv", "--json").Output);
        Assert.Equal(27, shown.RootElement.GetProperty("inputs").GetInt32());
    }

    [Theory]
    [InlineData("kind", "accuracy")]
    [InlineData("weight", "rmse")]
    public void A_column_is_worth_what_its_exchanged_cells_cost(string target, string measure)
    {
        Write("some.csv", 400);
        Run("train", "--data", "some.csv", "--target", target, "--ignore", target == "kind" ? "weight" : "kind", "--epochs", "40", "--device", "cpu", "--out", "run");
        var lines = Run("eval", "run", "--data", "some.csv", "--importance", "--json").Lines;
        using var score = JsonDocument.Parse(lines[0]);
        using var found = JsonDocument.Parse(lines[1]);
        Assert.Equal((measure, 5), (found.RootElement.GetProperty("measure").GetString(), found.RootElement.GetProperty("repeats").GetInt32()));
        var columns = found.RootElement.GetProperty("columns").EnumerateArray().ToArray();
        Assert.Equal(["size", "noise"], columns.Select(column => column.GetProperty("column").GetString()));
        var (size, noise) = (columns[0].GetProperty("importance").GetDouble(), columns[1].GetProperty("importance").GetDouble());

        // Without the size an answer is as good as that to another row: half of two classes, or sqrt(2) deviations.
        var whole = measure == "accuracy" ? score.RootElement.GetProperty("accuracy").GetDouble() : score.RootElement.GetProperty("deviation").GetDouble();
        Assert.InRange(size, measure == "accuracy" ? whole - 0.6 : whole, measure == "accuracy" ? whole - 0.4 : 1.6 * whole);
        Assert.InRange(Math.Abs(noise), 0, 0.1 * size);
        Assert.InRange(columns[0].GetProperty("deviation").GetDouble(), 1e-9, 0.2 * size);
        var text = Run("eval", "run", "--data", "some.csv", "--importance");
        Assert.Matches("(?m)^size +[0-9.%]+ +[0-9.%]+$", text.Output);
        Assert.Equal(text.Output, Run("eval", "run", "--data", "some.csv", "--importance").Output);
    }

    [Fact]
    public void Samples_of_bytes_have_no_columns_to_judge_and_their_defaults_are_their_own()
    {
        Run("train", "--data", "digits", "--limit", "50", "--epochs", "1", "--device", "cpu", "--out", "run");
        var recipe = File.ReadAllText(_folder["run/recipe.json"]);
        Assert.DoesNotContain("bins", recipe, StringComparison.Ordinal);
        Assert.DoesNotContain("layers", recipe, StringComparison.Ordinal);
        Assert.Contains("\"optimizer\": \"sgd\"", recipe, StringComparison.Ordinal);
        var refused = GpuProcess.Run(_folder.Path, "eval", "run", "--data", "digits", "--importance");
        Assert.True(refused.ExitCode == 2 && refused.Error.Contains("--importance goes with models of tables", StringComparison.Ordinal), refused.Error);
    }

    /// <summary>A kind and a weight that follow from the size alone, and a column of noise.</summary>
    private void Write(string name, int rows) => File.WriteAllText(_folder[name], "noise,size,weight,kind\n" + string.Concat(Enumerable.Range(0, rows).Select(row =>
        string.Create(CultureInfo.InvariantCulture, $"{row * 53 % 97}.5,{row * 37 % 101}.5,{10 * (row * 37 % 101)}.25,{(row * 37 % 101 < 50 ? "small" : "large")}\n"))));

    private JsonDocument Train(string data, string run, params string[] more)
    {
        Run(["train", "--data", data, "--target", "kind", "--ignore", "weight", "--device", "cpu", "--out", run, .. more]);
        return JsonDocument.Parse(File.ReadAllText(_folder[$"{run}/recipe.json"]));
    }

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }
}
