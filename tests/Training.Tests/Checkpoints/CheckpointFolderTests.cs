using Gpu.Training.Checkpoints;

namespace Gpu.Training.Tests.Checkpoints;

public class CheckpointFolderTests
{
    private static readonly BestEpoch _best = new(1, 5, 0.5);

    [Fact]
    public void Last_best_and_the_latest_numbered_ones_are_kept()
    {
        using var folder = new TempFolder();
        var checkpoints = new CheckpointFolder(folder.Path, keep: 2);
        for (var epoch = 1; epoch <= 4; epoch++)
        {
            checkpoints.Save(CheckpointExamples.Make(epoch, 10 * epoch, best: _best), isBest: epoch == 2);
        }

        Assert.Equal(["best", "last", "step-00000030", "step-00000040"], Names(folder));
        Assert.Equal((4, 2), (CheckpointFolder.LoadLast(folder.Path).Progress.Epoch, CheckpointFile.Load(folder.File("best.safetensors")).Progress.Epoch));
        Assert.Equal(File.ReadAllBytes(folder.File("last.safetensors")), File.ReadAllBytes(folder.File("step-00000040.safetensors")));
    }

    [Fact]
    public void None_are_numbered_where_none_are_wanted()
    {
        using var folder = new TempFolder();
        var checkpoints = new CheckpointFolder(folder.Path, keep: 0);
        checkpoints.Save(CheckpointExamples.Make(), isBest: true);
        checkpoints.Save(CheckpointExamples.Make(4), isBest: false);
        Assert.Equal(["best", "last"], Names(folder));
        Assert.Equal(3, CheckpointFile.Load(folder.File("best.safetensors")).Progress.Epoch);
    }

    [Fact]
    public void Without_the_last_one_the_numbered_one_of_most_steps_serves_then_the_best()
    {
        using var folder = new TempFolder();
        var checkpoints = new CheckpointFolder(folder.Path, keep: 3);
        checkpoints.Save(CheckpointExamples.Make(1, 90_000_000, best: _best), isBest: true);
        checkpoints.Save(CheckpointExamples.Make(2, 100_000_000, best: _best), isBest: false);
        checkpoints.Save(CheckpointExamples.Make(3, 110_000_000, best: _best), isBest: false);
        File.Delete(folder.File("last.safetensors"));
        File.Delete(folder.File("step-110000000.safetensors"));
        var last = CheckpointFolder.LoadLast(folder.Path);
        Assert.Equal(2, last.Progress.Epoch);
        foreach (var file in Directory.GetFiles(folder.Path, "step-*"))
        {
            File.Delete(file);
        }

        Assert.Equal(1, CheckpointFolder.LoadLast(folder.Path).Progress.Epoch);
        File.Delete(folder.File("best.safetensors"));
        var error = Assert.Throws<TrainingException>(() => CheckpointFolder.LoadLast(folder.Path));
        Assert.Equal(Failure.ModelFile, error.Failure);
    }

    /// <summary>A folder stands where the best, or the numbered one, is to be written.</summary>
    [Theory]
    [InlineData("best.safetensors")]
    [InlineData("step-00000010.safetensors")]
    public void A_name_that_cannot_be_given_leaves_no_temporary_file(string name)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File($"{name}/x"));
        var error = Assert.Throws<TrainingException>(
            () => new CheckpointFolder(folder.Path, keep: 1).Save(CheckpointExamples.Make(1, 10, best: _best), isBest: true));
        Assert.Equal(Failure.Disk, error.Failure);
        Assert.DoesNotContain(Directory.GetFiles(folder.Path), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void The_newest_whole_one_is_found()
    {
        using var folder = new TempFolder();
        var checkpoints = new CheckpointFolder(folder.Path, keep: 3);
        Assert.Null(CheckpointFolder.FindWhole(folder.Path));
        foreach (var epoch in new[] { 1, 2, 3 })
        {
            checkpoints.Save(CheckpointExamples.Make(epoch, 10 * epoch, best: _best), isBest: epoch == 1);
        }

        foreach (var (damaged, expected) in new[] { ("step-00000030", 2), ("step-00000020", 1), ("step-00000010", 1) })
        {
            File.Delete(folder.File($"{damaged}.safetensors"));
            File.WriteAllText(folder.File($"{damaged}.safetensors"), "damaged");
            Assert.Equal(expected, CheckpointFolder.FindWhole(folder.Path)?.Checkpoint.Progress.Epoch);
        }
    }

    [Fact]
    public void Tidying_removes_what_is_not_of_the_run_that_goes_on()
    {
        using var folder = new TempFolder();
        var checkpoints = new CheckpointFolder(folder.Path, keep: 2);
        checkpoints.Save(CheckpointExamples.Make(1, 10), isBest: true);
        checkpoints.Save(CheckpointExamples.Make(2, 20), isBest: false);
        folder.Write("last.safetensors.123.tmp", "half");
        folder.Write("step-00000030.safetensors", "of a run that went on further, then was gone back on");
        folder.Write("mine.tmp", "kept");
        checkpoints.Tidy(CheckpointExamples.Make(2, 20));
        Assert.Equal(["last", "mine", "step-00000010", "step-00000020"], Names(folder));
        checkpoints.Save(CheckpointExamples.Make(1, 15), isBest: false);
        Assert.Equal(["last", "mine", "step-00000010", "step-00000015"], Names(folder));
    }

    [Fact]
    public void A_folder_that_vanished_is_a_disk_error()
    {
        using var folder = new TempFolder();
        var checkpoints = new CheckpointFolder(folder.File("gone"), keep: 2);
        var error = Assert.Throws<TrainingException>(() => checkpoints.Save(CheckpointExamples.Make(), isBest: true));
        Assert.Equal(Failure.Disk, error.Failure);
        Assert.Contains("what was written before is whole", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", 1, 0, 40, 0)]
    [InlineData("12", 12, 0, 40, 0)]
    [InlineData("500steps", 1, 500, 1500, 500)]
    [InlineData("500steps", 1, 500, 1250, 250)]
    public void An_interval_is_epochs_or_steps(string text, int epochs, int steps, int from, int stopEvery)
    {
        Assert.True(CheckpointInterval.TryParse(text, out var interval));
        Assert.Equal((epochs, steps, text), (interval.Value.Epochs, interval.Value.Steps, interval.Value.ToString()));
        Assert.Equal(steps == 0 ? from : stopEvery, interval.Value.StopEvery(from));
        Assert.Equal(steps, interval.Value.StopEvery(0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("steps")]
    [InlineData("0steps")]
    [InlineData("5 steps")]
    [InlineData("1.5")]
    public void What_is_no_interval_is_none(string text) => Assert.False(CheckpointInterval.TryParse(text, out _));

    [Fact]
    public void An_epoch_is_better_by_answers_then_by_loss()
    {
        Assert.True(_best.IsBetterThan(null));
        Assert.True(new BestEpoch(2, 6, 9).IsBetterThan(_best));
        Assert.True(new BestEpoch(2, 5, 0.4).IsBetterThan(_best));
        Assert.False(new BestEpoch(2, 5, 0.5).IsBetterThan(_best));
        Assert.False(new BestEpoch(2, 6, double.NaN).IsBetterThan(_best));
        Assert.False(new BestEpoch(2, 6, double.NaN).IsBetterThan(null));
    }

    private static IEnumerable<string> Names(TempFolder folder) =>
        Directory.GetFiles(folder.Path).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);
}
