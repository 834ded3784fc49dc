using Gpu.Training;
using Gpu.Training.Checkpoints;

namespace Gpu.Host.Tests;

/// <summary>
/// What a run does whose numbers blow up. With a rate of 0.5 and an L2 of 5 every step multiplies the weights by -1.5, so that
/// after some epochs the loss passes the largest number; half that rate makes them shrink.
/// </summary>
public sealed class BadNumbersTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly string _settings;

    public BadNumbersTests() => _settings =
        $"--data {TinyData.WriteIdx(_folder)} --hidden 8 --batch-size 8 --seed 7 --threads 1 --device cpu --epochs 30 --lr 0.5 --l2 5";

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1")]
    [InlineData("5steps")]
    [InlineData("7")]
    public void A_run_stops_in_the_epoch_and_names_epoch_step_layer_and_cure(string every)
    {
        var error = Assert.Throws<TrainingException>(() => TrainingRuns.Begin(_folder["run"], _settings, every));
        Assert.Equal(Failure.Diverged, error.Failure);
        Assert.Matches(
            @"found NaN or infinity in the ((weights|outputs|gradient) of|sum of the losses behind) layer [12], epoch \d+, step \d+ of 12: lower --lr \(it is 0.5\)", error.Message);
        Assert.Contains("--clip-norm 1", error.Message, StringComparison.Ordinal);
        Assert.Contains($"gpu train --resume {_folder["run"]}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);

        var (last, best) = (Load("last"), Load("best"));
        Assert.All(last.Model.Parameters, value => Assert.True(float.IsFinite(value)));
        Assert.True(best.Progress.Epoch < 5, $"best is of epoch {best.Progress.Epoch}");
        Assert.Equal(best.Progress.Best, last.Progress.Best);
        Assert.False(File.Exists(_folder["run/model.safetensors"]));
        var epoch = int.Parse(error.Message.Split("epoch ")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(epoch, File.ReadAllLines(_folder["run/metrics.csv"]).Length);
        Assert.True(every == "7" || epoch == last.Progress.Epoch + 1);
    }

    [Fact]
    public void What_was_first_is_found_from_any_checkpoint()
    {
        var places = new[] { "1", "5steps", "7", "1000" }.Select(every =>
        {
            var error = Assert.Throws<TrainingException>(() => TrainingRuns.Begin(_folder[$"run{every}"], _settings, every));
            return error.Message[..error.Message.IndexOf(": lower", StringComparison.Ordinal)];
        }).ToList();
        Assert.All(places, place => Assert.Equal(places[0], place));
    }

    [Fact]
    public void A_stop_ends_the_search_for_what_was_first()
    {
        var request = new Runs.TrainRequest(
            TrainingRuns.Read(_settings), null, _folder["run"], null, false, TrainingRuns.Interval("1000"), 2);
        using var source = new CancellationTokenSource();
        var error = Assert.Throws<TrainingException>(() => TrainingRuns.Train(request, new StopAtBad(source), source.Token));
        Assert.Equal(Failure.Diverged, error.Failure);
        Assert.Contains("found NaN or infinity in the loss or the gradient, epoch 7", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--validation 0.2", "validation")]
    [InlineData("", "test")]
    public void A_last_step_after_which_only_the_evaluation_is_not_finite_is_found(string split, string part)
    {
        // One step of one epoch, at the least power of two that makes its weights so large, and finite still, that outputs overflow.
        string Settings(double rate) => string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{_settings} --l2 0 --epochs 1 --batch-size 90 --lr {(float)rate:R} {split}");
        TrainingException? Train(string run, double rate) =>
            Record.Exception(() => TrainingRuns.Begin(_folder[run], Settings(rate), force: true)) as TrainingException;
        var rate = Enumerable.Range(40, 80).Select(power => Math.Pow(2, power)).First(rate => Train("run", rate) is not null);
        var error = Train("run", rate);
        Assert.Equal(Failure.Diverged, error?.Failure);
        Assert.Matches($@"found NaN or infinity in the {part} loss from the (outputs of|loss behind) layer 2, epoch 1, step \d of \d: lower --lr", error!.Message);
        Assert.False(File.Exists(_folder["run/checkpoints/best.safetensors"]));
        Assert.Single(File.ReadAllLines(_folder["run/metrics.csv"]));

        Assert.Equal(Failure.Diverged, Assert.Throws<TrainingException>(() => TrainingRuns.Resume(_folder["run"])).Failure);
        Assert.Contains("(1 of 3 times)", TrainingRuns.Resume(_folder["run"], "--on-nan restore"), StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["run/model.safetensors"]));

        // Stopped before the evaluation, the run has no checkpoint to go back to but that of the very weights.
        using var source = new CancellationTokenSource();
        var request = new Runs.TrainRequest(TrainingRuns.Read(Settings(rate)), null, _folder["stopped"], null, false, CheckpointInterval.EveryEpoch, 2);
        TrainingRuns.Train(request, new StopAtEnd(source, split.Length > 0 ? TinyData.Training * 4 / 5 : TinyData.Training), source.Token);
        Assert.True(source.IsCancellationRequested);
        error = Assert.Throws<TrainingException>(() => TrainingRuns.Resume(_folder["stopped"], "--on-nan restore"));
        Assert.Equal(Failure.Diverged, error.Failure);
        Assert.Contains("which a stop left before it was evaluated: go back to one before it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restoring_goes_back_with_half_the_rate_and_says_so()
    {
        var said = TrainingRuns.Begin(_folder["run"], _settings + " --on-nan restore");
        Assert.Single(said.Split('\n'), line => line.StartsWith("warning: found NaN or infinity in ", StringComparison.Ordinal));
        Assert.Contains("with half the learning rate (1 of 3 times)", said, StringComparison.Ordinal);
        var rows = File.ReadAllLines(_folder["run/metrics.csv"]).Select(row => row.Split(',')).ToList();
        var rate = Array.IndexOf(rows[0], "learning_rate");
        Assert.Equal(Enumerable.Range(1, 30).Select(epoch => $"{epoch}"), rows.Skip(1).Select(row => row[0]));
        Assert.Equal(["0.5", "0.25"], rows.Skip(1).Select(row => row[rate]).Distinct());
        Assert.Equal(1, Load("last").Progress.Restores);
    }

    [Fact]
    public void A_run_that_was_restored_ends_with_the_same_bytes_wherever_it_was_killed()
    {
        TrainingRuns.Begin(_folder["run"], _settings + " --on-nan restore", keep: 1000);
        var whole = File.ReadAllBytes(_folder["run/model.safetensors"]);
        foreach (var steps in new[] { 12 * 27, 12 * 15, 12 })
        {
            File.Copy(_folder[$"run/checkpoints/step-{steps:D8}.safetensors"], _folder["run/checkpoints/last.safetensors"], overwrite: true);
            TrainingRuns.Resume(_folder["run"], keep: 1000);
            Assert.Equal(whole, File.ReadAllBytes(_folder["run/model.safetensors"]));
            Assert.Equal(1, Load("last").Progress.Restores);
        }
    }

    [Fact]
    public void A_run_is_restored_three_times_and_no_more()
    {
        var said = new StringWriter();
        var request = new Runs.TrainRequest(
            TrainingRuns.Read(_settings.Replace("--lr 0.5", "--lr 8", StringComparison.Ordinal) + " --on-nan restore"), null, _folder["run"], null, false,
            CheckpointInterval.EveryEpoch, 2);
        var error = Assert.Throws<TrainingException>(() => Runs.TrainingSession.Run(
            request, new TrainingRuns.NoReport(), new Reports.Messages(said, Reports.Verbosity.Normal, columns: null), default));
        Assert.Equal(Failure.Diverged, error.Failure);
        Assert.Contains("lower --lr (it is 8, halved 3 times)", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, said.ToString().Split("half the learning rate").Length - 1);
        Assert.Contains("(3 of 3 times)", said.ToString(), StringComparison.Ordinal);

        // Not after a resume either.
        Assert.Equal(3, Load("last").Progress.Restores);
        said.GetStringBuilder().Clear();
        error = Assert.Throws<TrainingException>(() => TrainingRuns.Resume(_folder["run"]));
        Assert.Equal(Failure.Diverged, error.Failure);
        Assert.Contains("halved 3 times", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, Load("last").Progress.Restores);
        RunAdvice(error.Message, "--lr 0.5");
    }

    [Fact]
    public void A_stop_between_restores_does_not_forget_them()
    {
        // Each call ends at its first restore.
        var settings = TrainingRuns.Read(_settings.Replace("--lr 0.5", "--lr 8", StringComparison.Ordinal) + " --on-nan restore");
        for (var restores = 1; restores <= 3; restores++)
        {
            using var source = new CancellationTokenSource();
            var request = new Runs.TrainRequest(
                restores == 1 ? settings : new(), null, restores == 1 ? _folder["run"] : null, restores == 1 ? null : _folder["run"], false,
                CheckpointInterval.EveryEpoch, 2);
            using var said = new StopAtWarning(source);
            Assert.False(Runs.TrainingSession.Run(
                request, new TrainingRuns.NoReport(), new Reports.Messages(said, Reports.Verbosity.Normal, columns: null), source.Token));
            Assert.Equal(restores, Load("last").Progress.Restores);
        }

        Assert.Equal(Failure.Diverged, Assert.Throws<TrainingException>(() => TrainingRuns.Resume(_folder["run"])).Failure);
    }

    [Fact]
    public void A_run_that_stopped_can_be_gone_on_with_restoring()
    {
        Assert.Throws<TrainingException>(() => TrainingRuns.Begin(_folder["run"], _settings));
        TrainingRuns.Resume(_folder["run"], "--on-nan restore");
        TrainingRuns.Begin(_folder["whole"], _settings + " --on-nan restore");
        Assert.Equal(File.ReadAllBytes(_folder["whole/model.safetensors"]), File.ReadAllBytes(_folder["run/model.safetensors"]));
        var error = Assert.Throws<TrainingException>(() => TrainingRuns.Resume(_folder["run"], "--epochs 40 --on-nan skip"));
        Assert.Equal(Failure.Usage, error.Failure);
    }

    [Fact]
    public void Steps_are_skipped_until_none_is_left_to_learn_from()
    {
        var error = Assert.Throws<TrainingException>(() => TrainingRuns.Begin(_folder["run"], _settings + " --on-nan skip"));
        Assert.Equal(Failure.Diverged, error.Failure);
        Assert.DoesNotContain("--resume", error.Message, StringComparison.Ordinal);
        Assert.All(Load("last").Model.Parameters, value => Assert.True(float.IsFinite(value)));
        RunAdvice(error.Message, "--lr 0.25");
    }

    [Fact]
    public void Clipping_is_a_setting_of_the_run()
    {
        TrainingRuns.Begin(_folder["plain"], _settings + " --l2 0 --epochs 2");
        TrainingRuns.Begin(_folder["clipped"], _settings + " --l2 0 --epochs 2 --clip-norm 0.01");
        Assert.NotEqual(File.ReadAllBytes(_folder["plain/model.safetensors"]), File.ReadAllBytes(_folder["clipped/model.safetensors"]));
        Assert.Contains("\"clip-norm\": 0.01", File.ReadAllText(_folder["clipped/recipe.json"]), StringComparison.Ordinal);
        Assert.Contains("\"clip-norm\": \"none\"", File.ReadAllText(_folder["plain/recipe.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Pixels_as_they_are_have_a_cure_of_their_own()
    {
        var error = Assert.Throws<TrainingException>(() => TrainingRuns.Begin(_folder["run"], _settings + " --scale none"));
        Assert.Contains("scale the pixels with --scale unit", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Runs the command that a message ends with, as a process.</summary>
    private void RunAdvice(string message, string rate)
    {
        var command = message[(message.IndexOf("gpu train ", StringComparison.Ordinal) + 4)..message.IndexOf("; the checkpoint", StringComparison.Ordinal)];
        Assert.EndsWith(rate, command, StringComparison.Ordinal);
        var result = GpuProcess.Run(_folder.Path, [.. command.Split(' '), "--out", "advised", "--quiet", "--epochs", "3"]);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    private Checkpoint Load(string name) => CheckpointFile.Load(_folder[$"run/checkpoints/{name}.safetensors"]);

    /// <summary>Stops a run at the samples after which it is known to be bad: within its epoch, before that is judged.</summary>
    private sealed class StopAtBad(CancellationTokenSource source) : TrainingRuns.QuietReport
    {
        private double _before;

        public override void Epoch(Reports.EpochReport epoch) => _before = epoch.Train.Loss;

        public override void Progress(int epoch, int samples)
        {
            if (_before > 1e30 && samples == TinyData.Training)
            {
                source.Cancel();
            }
        }
    }

    /// <summary>Stops a run behind the last step of its first epoch.</summary>
    private sealed class StopAtEnd(CancellationTokenSource source, int all) : TrainingRuns.QuietReport
    {
        public override void Progress(int epoch, int samples)
        {
            if (samples == all)
            {
                source.Cancel();
            }
        }
    }

    /// <summary>Stops a run when it warns.</summary>
    private sealed class StopAtWarning(CancellationTokenSource source) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            if (value?.Contains("half the learning rate", StringComparison.Ordinal) == true)
            {
                source.Cancel();
            }
        }
    }
}
