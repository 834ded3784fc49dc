using System.Globalization;
using System.Text.Json;

namespace Gpu.Host.Tests;

/// <summary>Categories of many values, for which vectors are learned: from a table to what its model answers, shows and goes on from.</summary>
public sealed class EmbeddingRunTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Towns_have_vectors_in_the_first_layer_and_rows_are_answered_whatever_the_order_of_their_columns()
    {
        Write("train.csv", 400, 0, 1, 2, 3);
        Write("turned.csv", 400, 3, 1, 0, 2);
        var trained = Run("train", "--data", "train.csv", "--target", "side", "--epochs", "60", "--device", "cpu", "--out", "run");
        Assert.Contains("340 training rows, 4 inputs, 2 classes of 'side'", trained.Error, StringComparison.Ordinal);
        Assert.Contains("network: 4: embed 8 20, dense 256 tanh, dropout 0.2, dense 2, 3,746 parameters", trained.Error, StringComparison.Ordinal);
        using var recipe = JsonDocument.Parse(File.ReadAllText(_folder["run/recipe.json"]));
        Assert.Equal((8, "dense 256 tanh"), (recipe.RootElement.GetProperty("embedding").GetInt32(), recipe.RootElement.GetProperty("layers")[0].GetString()));
        Assert.Contains("1 embed 8 20", Run("summary", "run").Output, StringComparison.Ordinal);

        using var eval = JsonDocument.Parse(Run("eval", "run", "--data", "turned.csv", "--json").Output);
        Assert.InRange(eval.RootElement.GetProperty("accuracy").GetDouble(), 0.97, 1);
        var answers = Run("predict", "run", "--data", "train.csv", "--format", "csv").Output;
        Assert.Equal(answers, Run("predict", "run", "--data", "turned.csv", "--format", "csv").Output);

        // A town that no training row has is one of no vector, and said.
        File.WriteAllText(_folder["strange.csv"], "town,size,job\nnowhere,5,cook\n,5,cook\ntown 3,5,cook\n");
        var strange = Run("predict", "run", "strange.csv", "--format", "csv");
        Assert.Contains("1 cell of 'town' has a value that no training row has", strange.Error, StringComparison.Ordinal);
        Assert.Equal(3, strange.Lines.Skip(1).Select(line => line.Split(',', 2)[1]).Distinct().Count());
    }

    [Fact]
    public void A_run_of_vectors_goes_on_from_its_checkpoint_its_model_and_its_weights_with_the_same_bits()
    {
        Write("train.csv", 200, 0, 1, 2, 3);
        string[] train = ["train", "--data", "train.csv", "--target", "side", "--lr-schedule", "constant", "--device", "cpu", "--no-report"];
        Run([.. train, "--epochs", "2", "--out", "run"]);
        Run([.. train, "--epochs", "4", "--out", "whole"]);
        Run("train", "--resume", "run", "--epochs", "4");
        Assert.Equal(Model("whole"), Model("run"));

        Run("export", "run", "weights.npz");
        Run("export", "run", "weights.json");
        Run([.. train, "--from", "run", "--epochs", "1", "--seed", "3", "--out", "from"]);
        Run([.. train, "--from", "weights.npz", "--epochs", "1", "--seed", "3", "--out", "npz", .. Network]);
        Run([.. train, "--from", "weights.json", "--epochs", "1", "--seed", "3", "--out", "json", .. Network]);
        Assert.Equal(Model("npz"), Model("json"));
        Run("train", "--resume", "from", "--epochs", "2");
        Run("train", "--recipe", "run/recipe.json", "--data", "train.csv", "--epochs", "4", "--out", "again");
        Assert.Equal(Model("whole"), Model("again"));
        var refused = GpuProcess.Run(_folder.Path, [.. train, "--from", "run", "--embedding", "4"]);
        Assert.True(refused.ExitCode == 2 && refused.Error.Contains("--embedding goes with a network from the start", StringComparison.Ordinal), refused.Error);
    }

    [Fact]
    public void What_a_column_of_vectors_is_worth_and_what_is_missing_in_it_is_shown_as_of_others()
    {
        Write("train.csv", 400, 0, 1, 2, 3);
        Run("train", "--data", "train.csv", "--target", "side", "--epochs", "60", "--device", "cpu", "--validation", "none", "--out", "run");
        using var found = JsonDocument.Parse(Run("eval", "run", "--data", "train.csv", "--importance", "--json").Lines[1]);
        var columns = found.RootElement.GetProperty("columns").EnumerateArray().ToDictionary(column => column.GetProperty("column").GetString()!, column => column.GetProperty("importance").GetDouble());
        Assert.InRange(columns["town"], 0.3, 0.6);
        Assert.True(Math.Abs(columns["size"]) < 0.1 && Math.Abs(columns["job"]) < 0.1, found.RootElement.ToString());

        Assert.Contains("<tr><td>town<td>category<td class=number>20<td class=number>1<td>vectors for 20, one for missing", File.ReadAllText(_folder["run/report.html"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "23: dense 256 tanh")]
    [InlineData("3", "4: embed 3 20, dense 256 tanh")]
    public void Vectors_are_as_wide_as_is_asked_for_or_none(string embedding, string network)
    {
        Write("train.csv", 200, 0, 1, 2, 3);
        var trained = Run("train", "--data", "train.csv", "--target", "side", "--epochs", "1", "--device", "cpu", "--embedding", embedding, "--out", "run");
        Assert.Contains($"network: {network}", trained.Error, StringComparison.Ordinal);
        using var recipe = JsonDocument.Parse(File.ReadAllText(_folder["run/recipe.json"]));
        Assert.Equal(embedding, recipe.RootElement.GetProperty("embedding").ToString());
    }

    /// <summary>The side follows from the town alone, of which there are 19; every twentieth row has none, and is of the left.</summary>
    private void Write(string name, int rows, params int[] order)
    {
        string[] header = ["town", "size", "job", "side"];
        File.WriteAllLines(_folder[name], Enumerable.Range(0, rows).Select(row => (string[])[
            row % 20 == 19 ? "" : string.Create(CultureInfo.InvariantCulture, $"town {row * 7 % 20}"), $"{row * 37 % 101}.5", row % 3 == 0 ? "smith" : "cook",
            row % 20 == 19 || (row * 7 % 20 * 3 % 7) < 3 ? "left" : "right"]).Prepend(header).Select(cells => string.Join(',', order.Select(column => cells[column]))));
    }

    private static string[] Network => ["--layers", "dense 256 tanh, dropout 0.2"];

    private byte[] Model(string run) => File.ReadAllBytes(_folder[$"{run}/model.safetensors"]);

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, $"gpu {string.Join(' ', arguments)}: {result.Error}");
        return result;
    }
}
