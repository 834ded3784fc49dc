using Gpu.Host.Runs;
using Gpu.Training;
using Gpu.Training.Checkpoints;

namespace Gpu.Host.Tests;

/// <summary>Checkpoints that are written beside what is trained.</summary>
public sealed class CheckpointWriterTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly string _settings;

    public CheckpointWriterTests() => _settings = $"--data {TinyData.WriteIdx(_folder)} --hidden 8 --batch-size 8 --threads 1 --device cpu";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void They_come_to_the_disk_one_after_the_other()
    {
        var (first, path) = Make();
        using var writer = Writer(path);
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            writer.Begin(first with { Progress = first.Progress with { Epoch = epoch, Steps = epoch } }, isBest: epoch == 7);
        }

        writer.Wait();
        Assert.Equal(20, CheckpointFolder.LoadLast(path).Progress.Epoch);
        Assert.Equal(
            ["best.safetensors", "last.safetensors", "step-00000019.safetensors", "step-00000020.safetensors"],
            Directory.GetFiles(path).Select(Path.GetFileName).Order());
        Assert.Equal(7, CheckpointFile.Load(Path.Combine(path, CheckpointFolder.BestName)).Progress.Epoch);
        Assert.False(writer.Failed.IsCancellationRequested);
    }

    [Fact]
    public void One_that_cannot_be_written_is_known_at_once_and_why_to_whoever_waits()
    {
        var (first, path) = Make();
        using var writer = Writer(path);
        Directory.Delete(path, recursive: true);
        writer.Begin(first, isBest: false);
        Assert.True(writer.Failed.WaitHandle.WaitOne(TimeSpan.FromMinutes(1)), "nothing ends the run");
        Assert.Contains("make room", Assert.Throws<TrainingException>(writer.Wait).Message, StringComparison.Ordinal);
        Assert.Equal(Failure.Disk, Assert.Throws<TrainingException>(() => writer.Begin(first, isBest: false)).Failure);
    }

    private (Checkpoint First, string Path) Make()
    {
        TrainingRuns.Begin(_folder["run"], _settings + " --epochs 1", keep: 0);
        var first = CheckpointFolder.LoadLast(_folder["run/checkpoints"]);
        return (first with { Recipe = first.Recipe with { Epochs = 20 } }, _folder["run/checkpoints"]);
    }

    private CheckpointWriter Writer(string path)
    {
        File.Delete(Path.Combine(path, CheckpointFolder.BestName));
        return new(new CheckpointFolder(path, keep: 2), new MetricsCsv(_folder["run/metrics.csv"], hasValidation: false, hasTest: true, isQuantity: false));
    }
}
