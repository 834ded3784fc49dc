using System.Text.Json;

namespace Gpu.Host.Tests;

/// <summary>A network that is said as a list of layers, from its words to its files.</summary>
public sealed class LayersTests : IDisposable
{
    private const string Layers = "max-pool 2 stride 1, dense 12 relu, dropout 0.1, tanh";
    private readonly TestFolder _folder = new();

    public LayersTests() => TinyData.WriteIdx(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_trains_goes_on_and_answers()
    {
        Run("train", "--data", "tiny", "--layers", Layers, "--epochs", "6", "--batch-size", "5", "--out", "whole", "--device", "cpu");
        Run("train", "--data", "tiny", "--layers", Layers, "--epochs", "3", "--batch-size", "5", "--out", "parts", "--device", "cpu");
        Run("train", "--resume", "parts", "--epochs", "6");
        Assert.Equal(File.ReadAllBytes(_folder["whole/model.safetensors"]), File.ReadAllBytes(_folder["parts/model.safetensors"]));
        using var recipe = JsonDocument.Parse(File.ReadAllText(_folder["whole/recipe.json"]));
        Assert.Equal(
            """["max-pool 2 stride 1", "dense 12 relu", "dropout 0.1", "activation tanh"]""", recipe.RootElement.GetProperty("layers").GetRawText());
        Assert.False(recipe.RootElement.TryGetProperty("hidden", out _));
        Assert.StartsWith("accuracy ", Run("eval", "whole", "--data", "tiny").Output, StringComparison.Ordinal);
        Assert.Equal(Run("predict", "whole", "--data", "tiny").Output, Run("predict", "parts", "--data", "tiny").Output);
    }

    [Fact]
    public void It_starts_from_a_model_whose_layers_it_takes()
    {
        Run("train", "--data", "tiny", "--layers", Layers, "--epochs", "1", "--out", "first", "--device", "cpu");
        Run("train", "--data", "tiny", "--from", "first", "--epochs", "1", "--out", "second", "--device", "cpu");
        Assert.Contains("network     4x4x1: max-pool 2 stride 1, dense 12 relu, dropout 0.1, activation tanh, dense 3", Run("summary", "second").Output,
            StringComparison.Ordinal);
        var other = GpuProcess.Run(_folder.Path, "train", "--data", "tiny", "--from", "first", "--hidden", "9", "--out", "third");
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("expected the model's own network", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_has_a_row_for_each_layer()
    {
        var text = Run("summary", "--layers", "max-pool 2, dense 500 relu, dropout 0.5", "--inputs", "28x28x1", "--batch-size", "10").Lines;
        Assert.Matches(@"layer +output +parameters +multiply-adds +memory", text[0]);
        Assert.Contains(text, line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^1 max-pool 2 +14x14x1 +0 +0 +15\.7 kB$|^1 max-pool 2 +14x14x1 +0 +0 "));
        Assert.Contains(text, line => System.Text.RegularExpressions.Regex.IsMatch(line, "^2 dense 500 relu +500 +98,500 +98,000 "));
        Assert.Contains(text, line => System.Text.RegularExpressions.Regex.IsMatch(line, "^4 dense 10 +10 +5,010 +5,000 "));
    }

    [Theory]
    [InlineData("dense 5 relo", "did you mean relu?")]
    [InlineData("max-pool 9", "The layer \"max-pool 9\" does not fit behind 4x4x1")]
    [InlineData("dense 5, hidden 3", "found \"hidden 3\"")]
    public void Layers_that_are_none_are_refused(string layers, string expected)
    {
        var result = GpuProcess.Run(_folder.Path, "train", "--data", "tiny", "--layers", layers, "--out", "run");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public void Layers_and_hidden_sizes_are_not_said_at_once()
    {
        var result = GpuProcess.Run(_folder.Path, "train", "--data", "tiny", "--layers", "dense 5", "--hidden", "5");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--layers and --hidden both say what the hidden layers are: leave one of them out.", result.Error, StringComparison.Ordinal);
    }

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
        return result;
    }
}
