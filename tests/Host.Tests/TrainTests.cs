using System.Text.Json;

namespace Gpu.Host.Tests;

/// <summary>The whole way of a run, from the command line to its folder, on data that takes a moment.</summary>
public sealed class TrainTests : IDisposable
{
    private static readonly string[] _runFiles =
        ["run/.lock", "run/checkpoints", "run/known.bin", "run/layers.csv", "run/metrics.csv", "run/model.safetensors", "run/recipe.json", "run/report.html", "run/report.json", "run/times.csv"];

    private readonly TestFolder _folder = new();

    public TrainTests() => TinyData.WriteIdx(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_writes_a_folder_a_table_and_where_the_model_is()
    {
        var result = Run([.. Tiny(epochs: 20), "--out", "run"]);
        Assert.Equal(_runFiles, Files("run"));
        Assert.Equal(
            ["best.safetensors", "last.safetensors", "step-00000228.safetensors", "step-00000240.safetensors"],
            Directory.GetFiles(_folder["run/checkpoints"]).Select(Path.GetFileName).Order());
        Assert.Contains("epoch    loss   train    test loss    test           matches  samples/s", result.Output, StringComparison.Ordinal);
        Assert.Contains("30 of 30", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("model: run/model.safetensors\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("device: cpu, because", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\r", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\x1b", result.Output + result.Error, StringComparison.Ordinal);
        Assert.Equal(21, File.ReadAllLines(_folder["run/metrics.csv"]).Length);
    }

    [Fact]
    public void Json_lines_have_their_keys_in_order_and_nothing_else_is_printed()
    {
        var result = Run([.. Tiny(), "--validation", "0.2", "--json", "--out", "run"]);
        Assert.Equal(5, result.Lines.Length);
        Assert.Equal("""{"event":"start","device":"cpu","parameters":163}""", result.Lines[0]);
        string[] epoch =
        [
            "event", "epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "validation_correct",
            "test_loss", "test_accuracy", "test_correct", "train_seconds", "samples_per_second", "learning_rate",
        ];
        Assert.All(result.Lines[1..4], line => Assert.Equal(epoch, Keys(line)));
        Assert.StartsWith("""{"event":"epoch","epoch":1,"train_loss":""", result.Lines[1], StringComparison.Ordinal);
        Assert.EndsWith(""","learning_rate":0.5}""", result.Lines[1], StringComparison.Ordinal);
        Assert.Equal(["event", "epochs", "test_accuracy", "test_loss", "train_seconds", "model"], Keys(result.Lines[4]));
        Assert.EndsWith(""","model":"run/model.safetensors"}""", result.Lines[4], StringComparison.Ordinal);
        Assert.All(result.Lines, line => Assert.DoesNotContain(": ", line, StringComparison.Ordinal));
        Assert.Equal([.. epoch[1..], "gradient_norm"], File.ReadAllLines(_folder["run/metrics.csv"])[0].Split(','));
        Assert.Contains(result.ErrorLines, line => line.StartsWith("epoch 3 of 3: loss ", StringComparison.Ordinal));
    }

    [Fact]
    public void Quiet_says_nothing_but_the_result()
    {
        var result = Run([.. Tiny(), "--quiet", "--out", "run"]);
        Assert.Empty(result.Error);
        Assert.Equal(3, result.Lines.Length);
    }

    [Fact]
    public void The_same_seed_gives_the_same_model_whatever_the_threads_and_where_the_data_is()
    {
        Run([.. Tiny(), "--out", "a", "--quiet"]);
        Run([.. Tiny(threads: 1), "--data-mode", "streamed", "--out", "b", "--quiet"]);
        Run([.. Tiny(), "--out", "c", "--quiet", "--momentum", "0.1"]);
        Assert.Equal(Model("a"), Model("b"));
        Assert.NotEqual(Model("a"), Model("c"));
    }

    [Fact]
    public void The_recipe_of_a_run_repeats_it()
    {
        Run([.. Tiny(), "--validation", "last:10", "--lr-schedule", "cosine", "--out", "a", "--quiet"]);
        Run(["train", "--recipe", "a/recipe.json", "--data", "tiny", "--out", "b", "--quiet"]);
        Assert.Equal(Model("a"), Model("b"));
        Assert.Equal(File.ReadAllText(_folder["a/recipe.json"]), File.ReadAllText(_folder["b/recipe.json"]));
        using var recipe = JsonDocument.Parse(File.ReadAllText(_folder["a/recipe.json"]));
        Assert.Equal("cpu", recipe.RootElement.GetProperty("device").GetString());
        Assert.Equal(2, recipe.RootElement.GetProperty("threads").GetInt32());
        Assert.Equal("tiny", recipe.RootElement.GetProperty("data").GetString());
    }

    [Fact]
    public void A_recipe_that_ships_goes_by_its_name_and_options_go_before_it()
    {
        Run(["train", "--recipe", "c", "--data", "tiny", "--validation", "none", "--epochs", "1", "--hidden", "5", "--out", "run", "--quiet"]);
        using var recipe = JsonDocument.Parse(File.ReadAllText(_folder["run/recipe.json"]));
        Assert.Equal(1, recipe.RootElement.GetProperty("epochs").GetInt32());
        Assert.Equal(32, recipe.RootElement.GetProperty("batch-size").GetInt32());
        Assert.Contains("784-128-10", recipe.RootElement.GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Training_goes_on_from_a_model()
    {
        Run([.. Tiny(), "--activation", "tanh", "--out", "a", "--quiet"]);
        Run(["train", "--data", "tiny", "--from", "a", "--epochs", "1", "--lr", "0.01", "--out", "b", "--quiet"]);
        using var recipe = JsonDocument.Parse(File.ReadAllText(_folder["b/recipe.json"]));
        Assert.Equal("tanh", recipe.RootElement.GetProperty("activation")[0].GetString());
        Assert.NotEqual(Model("a"), Model("b"));
        var refused = GpuProcess.Run(_folder.Path, "train", "--data", "tiny", "--from", "a", "--hidden", "9");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("16-8 tanh-3 identity", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pixels_as_they_are_draw_a_warning_that_names_the_cure()
    {
        var result = Run([.. Tiny(), "--scale", "none", "--activation", "sigmoid", "--out", "run", "--verbosity", "minimal"]);
        Assert.StartsWith("warning: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("--scale unit", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_that_stays_although_another_optimizer_is_chosen_draws_a_warning_that_names_the_cure()
    {
        Run([.. Tiny(epochs: 1), "--out", "run", "--quiet"]);
        string[] again = ["train", "--recipe", "run/recipe.json", "--data", "tiny", "--verbosity", "minimal"];
        var kept = Assert.Single(Run([.. again, "--optimizer", "adam"]).ErrorLines);
        Assert.Matches("^warning: .*recipe.json, line [0-9]+: lr is 0.5, which was chosen for sgd, and stays although --optimizer is adam: give --lr too, such as 0.001", kept);
        Assert.Empty(Run([.. again, "--optimizer", "adam", "--lr", "0.5"]).Error);
        Assert.Empty(Run([.. again, "--optimizer", "sgd:nesterov", "--momentum", "0.9"]).Error);
    }

    [Fact]
    public void A_decay_of_0_that_stays_with_adamw_draws_a_warning_that_names_the_cure()
    {
        Run([.. Tiny(epochs: 1), "--out", "run", "--quiet"]);
        string[] again = ["train", "--recipe", "run/recipe.json", "--data", "tiny", "--verbosity", "minimal", "--lr", "0.001", "--optimizer"];
        var kept = Run([.. again, "adamw"]).ErrorLines[0];
        Assert.Matches("^warning: .*recipe.json, line [0-9]+: weight-decay is 0 and stays although --optimizer is adamw, which then decays nothing: give --weight-decay too, such as 0.01", kept);
        Assert.DoesNotContain("weight-decay", Run([.. again, "adamw", "--weight-decay", "0"]).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("weight-decay", Run([.. again, "adam"]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Force_replaces_a_run()
    {
        Run([.. Tiny(), "--out", "run", "--quiet"]);
        var first = Model("run");
        Assert.Equal(2, GpuProcess.Run(_folder.Path, [.. Tiny(), "--out", "run"]).ExitCode);
        Run([.. Tiny(), "--momentum", "0.5", "--out", "run", "--quiet", "--force"]);
        Assert.NotEqual(first, Model("run"));
        Assert.Equal(_runFiles, Files("run"));
    }

    [Fact]
    public void Without_a_name_a_run_goes_to_a_folder_of_its_own()
    {
        Run([.. Tiny(), "--quiet"]);
        Run([.. Tiny(), "--quiet"]);
        Assert.Equal(2, Directory.GetDirectories(_folder["runs"]).Length);
    }

    [Fact]
    public void Without_data_and_without_a_network_the_built_in_digits_serve()
    {
        // Nothing listens on port 9, so the download is refused at once.
        var result = GpuProcess.Run(
            _folder.Path, [("https_proxy", "http://127.0.0.1:9"), ("HTTPS_PROXY", "http://127.0.0.1:9")],
            "train", "--epochs", "1", "--limit", "2000", "--out", "run");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("training on the built-in synthetic digits", result.Error, StringComparison.Ordinal);
        Assert.Contains("of 10,000", result.Output, StringComparison.Ordinal);
        using var recipe = JsonDocument.Parse(File.ReadAllText(_folder["run/recipe.json"]));
        Assert.Equal("digits", recipe.RootElement.GetProperty("data").GetString());
    }

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
        return result;
    }

    private string[] Files(string name) =>
        [.. Directory.GetFileSystemEntries(_folder[name]).Select(f => Path.GetRelativePath(_folder.Path, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    private static string[] Tiny(int epochs = 3, int threads = 2) =>
    [
        "train", "--data", "tiny", "--hidden", "8", "--batch-size", "8", "--lr", "0.5", "--seed", "7", "--epochs", $"{epochs}",
        "--threads", $"{threads}",
    ];

    private byte[] Model(string run) => File.ReadAllBytes(_folder[$"{run}/model.safetensors"]);

    private static string[] Keys(string line)
    {
        using var json = JsonDocument.Parse(line);
        return [.. json.RootElement.EnumerateObject().Select(property => property.Name)];
    }
}
