using System.Text;
using System.Text.Json;
using Gpu.Training.Checkpoints;
using Gpu.Training.Models;

namespace Gpu.Host.Tests;

/// <summary>What earlier versions wrote is read, and gone on with, as they did: their files stand as text in Fixtures.</summary>
public sealed class EarlierVersionTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("run-before-slabs.json")]
    [InlineData("run-before-vectors.json")]
    public void A_run_before_optimizers_had_named_slabs_or_categories_vectors_goes_on_with_the_same_bits(string name)
    {
        var run = _folder["run"];
        using var fixture = Write(name, run);
        var last = Path.Combine(run, "checkpoints", CheckpointFolder.LastName);
        Assert.Equal(CheckpointFile.Load(last).Model.Parameters, ModelFile.Load(Path.Combine(run, "model.safetensors")).Parameters);

        TrainingRuns.Resume(run, "--epochs 3");

        var after = CheckpointFile.Load(last);
        Assert.Equal(["velocity"], after.Optimizer.Slabs.Select(slab => slab.Name));
        float[] found = [.. after.Model.Parameters, .. after.Optimizer.Slabs[0].Values];
        Assert.Equal(Floats(fixture.RootElement.GetProperty("after")), found);
    }

    /// <summary>Nine towns as one-hot inputs.</summary>
    [Fact]
    public void A_model_of_a_table_before_categories_had_vectors_answers_as_it_did()
    {
        using var fixture = Write("run-before-vectors.json", _folder["run"]);
        var answers = GpuProcess.Run(_folder.Path, "predict", "run", "table.csv", "--format", "csv");
        Assert.True(answers.ExitCode == 0, answers.Error);
        Assert.Equal(fixture.RootElement.GetProperty("answers").GetString(), answers.Output);
    }

    /// <summary>Lays out the files of a fixture, with the table beside the run.</summary>
    private JsonDocument Write(string name, string run)
    {
        var fixture = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", name)));
        Directory.CreateDirectory(Path.Combine(run, "checkpoints"));
        foreach (var (file, place) in new[] { ("recipe.json", run), ("metrics.csv", run), ("table.csv", _folder.Path) })
        {
            File.WriteAllText(Path.Combine(place, file), fixture.RootElement.GetProperty(file).GetString());
        }

        WriteSafetensors(Path.Combine(run, "checkpoints", CheckpointFolder.LastName), fixture.RootElement.GetProperty("checkpoint"));
        WriteSafetensors(Path.Combine(run, "model.safetensors"), fixture.RootElement.GetProperty("model"));
        return fixture;
    }

    private static float[] Floats(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetSingle())];

    private static void WriteSafetensors(string path, JsonElement file)
    {
        var header = Encoding.UTF8.GetBytes(file.GetProperty("header").GetString()!);
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write((long)header.Length);
        writer.Write(header);
        foreach (var value in Floats(file.GetProperty("floats")))
        {
            writer.Write(value);
        }
    }
}
