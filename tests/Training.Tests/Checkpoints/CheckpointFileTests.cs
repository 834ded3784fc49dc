using Gpu.Training.Checkpoints;
using Gpu.Training.Files;
using Gpu.Training.Models;
using Gpu.Training.Recipes;
using Gpu.Training.Tests.Models;

namespace Gpu.Training.Tests.Checkpoints;

public class CheckpointFileTests
{
    public static TheoryData<float, bool> Kinds => new() { { 0f, false }, { 0.9f, true } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_checkpoint_comes_back_as_it_was_saved(float momentum, bool hasBest)
    {
        using var folder = new TempFolder();
        var saved = CheckpointExamples.Make(momentum: momentum, best: hasBest ? new BestEpoch(2, 0, 0.123456789) : null);
        var found = Reload(folder, saved);
        ModelFileTests.AssertSame(saved.Model, found.Model);
        Assert.Equal(saved.Optimizer.Slabs.Select(slab => slab.Name), found.Optimizer.Slabs.Select(slab => slab.Name));
        Assert.All(saved.Optimizer.Slabs.Zip(found.Optimizer.Slabs), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
        Assert.Equal(saved.Optimizer.Updates, found.Optimizer.Updates);
        Assert.Equal(saved.Progress, found.Progress);
        Assert.Equal(RecipeFile.Format(saved.Recipe), RecipeFile.Format(found.Recipe));
        Assert.Equal((saved.DataHash, saved.DeviceName), (found.DataHash, found.DeviceName));
    }

    [Fact]
    public void It_is_a_model_too()
    {
        using var folder = new TempFolder();
        var saved = CheckpointExamples.Make();
        Write(folder.File("c"), saved);
        ModelFileTests.AssertSame(saved.Model, ModelFile.Load(folder.File("c")));
    }

    [Theory]
    [InlineData("\"epoch\":\"3\"", "\"epoch\":\"4\"", "the file was changed or is damaged")]
    [InlineData("\"epoch\":\"3\"", "\"epoch\":\"-3\"", "epoch in the metadata to be a whole number of at least 0")]
    [InlineData("\"epoch_loss\":\"0.1\"", "\"epoch_loss\":\"NaN\"", "epoch_loss in the metadata to be a finite number")]
    [InlineData("\"train_seconds\":\"0.3", "\"train_seconds\":\"x.3", "train_seconds in the metadata")]
    [InlineData("\"data_sha256\":\"aa", "\"data_sha256\":\"a", "data_sha256 in the metadata to be a SHA-256")]
    [InlineData("\"format_version\":\"1\"", "\"format_version\":\"2\"", "may be of a later version")]
    [InlineData("gpu-checkpoint", "gpu-dense-network", "such files are made by gpu train")]
    [InlineData("velocity.layers.1.bias", "velocity.layers.9.bias", "needs tensor velocity.layers.1.bias")]
    [InlineData("\\n  \\u0022batch-size\\u0022: 32", "\\n  \\u0022batch-size\\u0022: 0", "batch-size")]
    public void Texts_that_do_not_fit_are_named(string old, string changed, string message)
    {
        using var folder = new TempFolder();
        Write(folder.File("c"), CheckpointExamples.Make());
        SafetensorsBytes.Edit(folder.File("c"), header => header.Replace(old, changed, StringComparison.Ordinal));
        Assert.Contains(message, Refusal(folder.File("c")), StringComparison.Ordinal);
    }

    /// <summary>Whoever makes a file up can make its checksum right, too.</summary>
    [Theory]
    [InlineData(8, 120, 17, 1)]
    [InlineData(3, 19, 17, 1)]
    [InlineData(3, 120, 17, 4)]
    public void A_place_that_no_run_comes_to_is_refused(int epoch, long steps, int step, int bestEpoch)
    {
        using var folder = new TempFolder();
        var saved = CheckpointExamples.Make();
        var progress = saved.Progress with
        {
            Epoch = epoch,
            Steps = steps,
            Position = saved.Progress.Position with { Step = step },
            Best = new BestEpoch(bestEpoch, 0, 1),
        };
        Write(folder.File("c"), saved with { Progress = progress });
        Assert.Contains("expected a place that a run of 7 epochs comes to", Refusal(folder.File("c")), StringComparison.Ordinal);
    }

    /// <summary>Every byte, turned in turn: the file is refused, or what it says is the same (spaces that fill the header up).</summary>
    [Fact]
    public void No_byte_can_change_unseen()
    {
        using var folder = new TempFolder();
        var saved = CheckpointExamples.Make();
        Write(folder.File("c"), saved);
        var bytes = File.ReadAllBytes(folder.File("c"));
        var accepted = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 1 << 3;
            File.WriteAllBytes(folder.File("d"), changed);
            var error = Record.Exception(() => CheckpointFile.Load(folder.File("d")));
            accepted += error is null ? 1 : 0;
            Assert.True(error is null or TrainingException { Failure: Failure.ModelFile }, $"byte {i}: {error}");
            Assert.True(error is not null || changed[i] == (' ' ^ (1 << 3)), $"byte {i} changed unseen");
        }

        Assert.InRange(accepted, 0, 8);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        using var folder = new TempFolder();
        Write(folder.File("c"), CheckpointExamples.Make());
        var bytes = File.ReadAllBytes(folder.File("c"));
        for (var length = 0; length < bytes.Length; length += 7)
        {
            File.WriteAllBytes(folder.File("d"), bytes[..length]);
            Refusal(folder.File("d"));
        }
    }

    [Theory]
    [InlineData(false, "layers.0.weight[4] is NaN")]
    [InlineData(true, "velocity.layers.0.weight[4] is NaN")]
    public void What_is_no_number_is_never_saved(bool inVelocity, string message)
    {
        using var folder = new TempFolder();
        var bad = CheckpointExamples.Make();
        (inVelocity ? bad.Optimizer.Slabs[0].Values : bad.Model.Parameters)[4] = float.NaN;
        var error = Assert.Throws<TrainingException>(() => Write(folder.File("c"), bad));
        Assert.Equal(Failure.Diverged, error.Failure);
        Assert.Contains($" {message}", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static Checkpoint Reload(TempFolder folder, Checkpoint checkpoint)
    {
        Write(folder.File("c"), checkpoint);
        return CheckpointFile.Load(folder.File("c"));
    }

    private static void Write(string path, Checkpoint checkpoint) => AtomicFile.Rename(CheckpointFile.Stage(path, checkpoint), path);

    private static string Refusal(string path)
    {
        var error = Assert.Throws<TrainingException>(() => CheckpointFile.Load(path));
        Assert.Equal(Failure.ModelFile, error.Failure);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        return error.Message;
    }
}
