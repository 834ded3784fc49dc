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

    [Fact]
    public void A_run_before_optimizers_had_named_slabs_goes_on_with_the_same_bits()
    {
        using var fixture = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "run-before-slabs.json")));
        var run = _folder["run"];
        Directory.CreateDirectory(Path.Combine(run, "checkpoints"));
        var last = Path.Combine(run, "checkpoints", CheckpointFolder.LastName);
        foreach (var (name, place) in new[] { ("recipe.json", run), ("metrics.csv", run), ("table.csv", _folder.Path) })
        {
            File.WriteAllText(Path.Combine(place, name), fixture.RootElement.GetProperty(name).GetString());
        }

        WriteSafetensors(last, fixture.RootElement.GetProperty("checkpoint"));
        WriteSafetensors(Path.Combine(run, "model.safetensors"), fixture.RootElement.GetProperty("model"));
        Assert.Equal(CheckpointFile.Load(last).Model.Parameters, ModelFile.Load(Path.Combine(run, "model.safetensors")).Parameters);

        TrainingRuns.Resume(run, "--epochs 3");

        var after = CheckpointFile.Load(last);
        Assert.Equal(["velocity"], after.Optimizer.Slabs.Select(slab => slab.Name));
        float[] found = [.. after.Model.Parameters, .. after.Optimizer.Slabs[0].Values];
        Assert.Equal(Floats(fixture.RootElement.GetProperty("after")), found);
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
