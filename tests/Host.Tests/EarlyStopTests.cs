using Gpu.Host.Reports;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Models;
using Gpu.Training.Recipes;

namespace Gpu.Host.Tests;

/// <summary>A run that no longer gains ends, and leaves the model of its best epoch.</summary>
public sealed class EarlyStopTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly string _settings;

    public EarlyStopTests() =>
        _settings = $"--data {TinyData.WriteIdx(_folder)} --hidden 8 --batch-size 8 --lr 0.5 --seed 7 --epochs 200 --validation 0.2 --threads 1 --device cpu";

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(" --ema 0.9")]
    public void It_ends_when_its_patience_does_with_the_model_of_the_best_epoch(string more)
    {
        var report = new Ends();
        var said = TrainingRuns.Train(new(TrainingRuns.Read(_settings + " --early-stop 3,0.01" + more), null, _folder["run"], null, false, TrainingRuns.Interval("1"), 2), report);
        Assert.Contains("stopped early: 3 epochs brought no better validation score", said, StringComparison.Ordinal);
        var progress = Last("run").Progress;
        Assert.True(progress.Epoch < 200);
        Assert.Equal(progress.LastGain!.Value.Epoch + 3, progress.Epoch);
        var best = CheckpointFile.Load(_folder["run/checkpoints/best.safetensors"]);
        Assert.Equal(best.ToModel().Parameters, ModelFile.Load(_folder["run/model.safetensors"]).Parameters);
        Assert.Equal(progress.Best!.Value.Correct, report.Last!.Validation!.Value.Correct);

        // The same without it, up to there: nothing that was computed is another.
        TrainingRuns.Begin(_folder["whole"], _settings + more + $" --epochs {progress.Epoch}");
        Assert.Equal(Last("whole").Model.Parameters, Last("run").Model.Parameters);
    }

    [Fact]
    public void It_stays_finished_until_it_gets_more_patience()
    {
        TrainingRuns.Begin(_folder["run"], _settings + " --early-stop 2,0.01");
        var ended = Last("run").Progress.Epoch;
        Assert.Contains($"stopped early after {ended} of 200 epochs", TrainingRuns.Resume(_folder["run"]), StringComparison.Ordinal);
        TrainingRuns.Resume(_folder["run"], "--early-stop 6,0.01");
        Assert.True(Last("run").Progress.Epoch >= ended + 4);
        TrainingRuns.Begin(_folder["patient"], _settings + " --early-stop 6,0.01");
        Assert.Equal(File.ReadAllBytes(_folder["patient/model.safetensors"]), File.ReadAllBytes(_folder["run/model.safetensors"]));
    }

    [Fact]
    public void Epochs_that_were_not_evaluated_end_nothing()
    {
        var early = new EarlyStop(2);
        var progress = new RunProgress { LastGain = new(10, 50, 0.5) };
        Assert.False(early.Ends(progress with { Epoch = 13 }, evalEvery: 10));
        Assert.False(early.Ends(progress with { Epoch = 10 }, evalEvery: 10));
        Assert.True(early.Ends(progress with { Epoch = 20 }, evalEvery: 10));
        Assert.True(early.Ends(progress with { Epoch = 12 }, evalEvery: 1));
    }

    [Fact]
    public void A_gain_must_exceed_what_was_asked()
    {
        var early = EarlyStop.Parse("2,0.1")!;
        Assert.Equal("2,0.1", early.ToString());
        var last = new BestEpoch(1, 50, 0.5);
        Assert.True(early.IsGain(new(2, 61, 0.9), last, samples: 100));
        Assert.False(early.IsGain(new(2, 60, 0.41), last, samples: 100));
        Assert.True(early.IsGain(new(2, 60, 0.39), last, samples: 100));
        Assert.False(early.IsGain(new(2, 49, 0.1), last, samples: 100));
        Assert.False(early.IsGain(new(2, 99, double.NaN), last, samples: 100));
        Assert.True(early.IsGain(last, null, samples: 100));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("3,-1")]
    [InlineData("3,1,1")]
    [InlineData("soon")]
    public void Other_texts_are_none(string text) => Assert.Null(EarlyStop.Parse(text));

    [Fact]
    public void Without_validation_samples_it_is_refused()
    {
        var error = Assert.Throws<TrainingException>(() => TrainingRuns.Begin(_folder["run"], _settings + " --validation none --early-stop 2"));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("hold some out with --validation", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    private Checkpoint Last(string run) => CheckpointFolder.LoadLast(_folder[run + "/checkpoints"]);

    private sealed class Ends : TrainingRuns.QuietReport
    {
        internal EpochReport? Last { get; private set; }

        public override void End(RunEnd end) => Last = end.Last;
    }
}
