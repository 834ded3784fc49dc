using System.Text.Json;
using Gpu.Training.Data;
using Gpu.Training.Models;
using Microsoft.ML.OnnxRuntime;

namespace Gpu.Export.Tests;

/// <summary>All 10,000 test digits of MNIST are answered alike, by a model that was trained and exported as a user does it.</summary>
public sealed class MnistTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("dense 64 relu")]
    [InlineData("conv 5x5x6 relu, max-pool 2, batch-norm, dropout 0.2, dense 32 gelu")]
    public void The_test_set_is_answered_as_here(string layers)
    {
        var mnist = TestData.Mnist;
        Run("train", "--data", mnist, "--limit", "6000", "--layers", layers, "--epochs", "1", "--device", "cpu", "--out", "run", "--no-report", "--quiet");
        Run("export", "run", "digits.onnx");
        var model = ModelFile.Load(_folder["run/model.safetensors"]);
        var test = DataSource.Load(mnist).Test!;
        Assert.Equal(10_000, test.Count);
        var file = File.ReadAllBytes(_folder["digits.onnx"]);
        var (labels, probabilities) = Answers.Run(file, test);
        Answers.RequireSame(model, test, labels, probabilities);
        var right = labels.Index().Count(label => label.Item == test.Labels[label.Index]);
        Assert.InRange(right, 8500, 10_000);

        using var session = new InferenceSession(file);
        var texts = session.ModelMetadata.CustomMetadataMap;
        using var score = JsonDocument.Parse(texts["score"]);
        Assert.Equal(right / 10_000.0, score.RootElement.GetProperty("accuracy").GetDouble(), 2e-4);
        using var recipe = JsonDocument.Parse(texts["recipe"]);
        Assert.False(recipe.RootElement.TryGetProperty("began-in", out _));
        Assert.Equal(1, recipe.RootElement.GetProperty("epochs").GetInt32());
    }

    private void Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, $"gpu {string.Join(' ', arguments)}: {result.Error}");
    }
}
