using System.Globalization;
using System.Text.RegularExpressions;
using Gpu.Training;
using Gpu.Training.Checkpoints;

namespace Gpu.Trust.Tests;

/// <summary>What a run does with bad numbers where it was told not to stop, and what its settings leave the same.</summary>
public sealed class PolicyTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public PolicyTests() => TinyData.WriteIdx(_folder);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnOpenCl]
    [InlineData(Devices.Cpu, 2, 20)]
    [InlineData(Devices.OpenCl, 1, 3)]
    public void A_run_goes_back_three_times_at_most(string device, int quick, int all)
    {
        var promise = $"--on-nan restore: back with half the rate, at most 3 times, also across resumes; then code 6 ({device})";
        var id = Devices.Require(promise, device);
        Promise.Keep(promise, Promise.Cases(quick, all), number =>
        {
            // Rates that a third, and that a fourth halving would tame. Each call ends at its first warning in the odd cases.
            var run = _folder[$"run{number}"];
            var tames = number % 4 < 2;
            var settings = Settings(id, $"--seed {number} --lr {(tames ? 1 : 8)} --l2 5 --on-nan restore");
            var (warnings, error) = Train(run, settings, stops: number % 2 == 1);
            var restores = CheckpointFolder.LoadLast(Path.Combine(run, "checkpoints")).Progress.Restores;
            Assert.Equal(restores, warnings);
            RunFiles.RequireWhole(run);
            if (tames)
            {
                Assert.Null(error);
                Assert.InRange(restores, 1, 3);
                return;
            }

            Assert.Equal((Failure.Diverged, 3), (error?.Failure, restores));
            Assert.Equal(Failure.Diverged, Assert.Throws<TrainingException>(() => TrainingRuns.Resume(run)).Failure);
            Assert.Equal(3, CheckpointFolder.LoadLast(Path.Combine(run, "checkpoints")).Progress.Restores);
        });
    }

    [Theory]
    [OnOpenCl]
    [InlineData(Devices.Cpu, 2, 20)]
    [InlineData(Devices.OpenCl, 1, 3)]
    public void Bad_steps_are_skipped(string device, int quick, int all)
    {
        var promise = $"--on-nan skip: bad steps change nothing and are counted; code 6 where none is left ({device})";
        var id = Devices.Require(promise, device);
        var table = TinyData.WriteCsv(_folder, "table.csv");
        var counted = 0;
        Promise.Keep(promise, Promise.Cases(quick, all), number =>
        {
            var run = _folder[$"run{number}"];
            var every = number % 2 == 0 ? "1" : "5steps";

            // Of samples alone: an evaluation would find the weights that grow before a step does.
            var settings = Settings(id, $"--data {table} --seed {number + 2} --lr 0.5 --l2 {7 + number} --on-nan skip {(number % 3 == 1 ? "--clip-norm 1" : "")}");
            using var said = new StringWriter();
            var request = Request(run, resumes: false, settings) with { Every = TrainingRuns.Interval(every) };
            var error = Assert.Throws<TrainingException>(() => Train(request, said, default));
            Assert.Equal(Failure.Diverged, error.Failure);
            counted += Regex.IsMatch(said.ToString(), @"epoch \d+: [123] of 4 steps were skipped") ? 1 : 0;
            RunFiles.RequireWhole(run);
            var last = CheckpointFolder.LoadLast(Path.Combine(run, "checkpoints"));
            Assert.All(last.Model.Parameters, value => Assert.True(float.IsFinite(value)));

            // The first bad step may be the first of its epoch, or be one whose losses are finite and their sum is not.
            Assert.True(counted > 0, "no epoch was gone on with after a bad step");
        });
    }

    [Theory]
    [OnOpenCl]
    [InlineData(Devices.Cpu, 2, 30)]
    [InlineData(Devices.OpenCl, 1, 4)]
    public void Clipping_goes_on_with_the_same_bytes(string device, int quick, int all)
    {
        var promise = $"--clip-norm: resumed at the end of an epoch and within, the same model, the same metrics ({device})";
        var id = Devices.Require(promise, device);
        string Clipped(int number) => Settings(id, $"--seed {number} --lr 0.5 --momentum 0.9 --clip-norm {(number % 2 == 0 ? "0.05" : "1")} --epochs 4");
        Promise.Keep(promise, Promise.Cases(quick, all), number =>
        {
            var (whole, run) = (_folder[$"whole{number}"], _folder[$"run{number}"]);
            TrainingRuns.Begin(whole, Clipped(number));
            TrainingRuns.Begin(run, Clipped(number), "5steps", keep: 1000);
            var places = Directory.GetFiles(Path.Combine(run, "checkpoints"), "step-*").Order(StringComparer.Ordinal).ToList();
            GoBackTo(run, places[(1 + number) % (places.Count - 1)]);
            TrainingRuns.Resume(run, every: "5steps");
            RunFiles.RequireSame(whole, run);
        });
    }

    [Theory]
    [OnOpenCl]
    [InlineData(Devices.Cpu, 2, 30)]
    [InlineData(Devices.OpenCl, 1, 4)]
    public void An_extended_run_is_the_longer_run(string device, int quick, int all)
    {
        var promise = $"--epochs extends a run: the same model and metrics as of the longer run ({device})";
        var id = Devices.Require(promise, device);
        Promise.Keep(promise, Promise.Cases(quick, all), number =>
        {
            var (whole, run, first) = (_folder[$"whole{number}"], _folder[$"run{number}"], 1 + (number % 4));
            var settings = Settings(id, $"--seed {number} --lr 0.5 {(number % 2 == 0 ? "--momentum 0.9" : "--validation 0.2")}");
            TrainingRuns.Begin(whole, settings + " --epochs 6");
            TrainingRuns.Begin(run, settings + $" --epochs {first}");
            TrainingRuns.Resume(run, $"--epochs {first + 1}");
            TrainingRuns.Resume(run, "--epochs 6");
            RunFiles.RequireSame(whole, run);
        });
    }

    /// <summary>Trains to the end, or to code 6; with stops, each call ends at a restore, and the next goes on.</summary>
    private static (int Warnings, TrainingException? Error) Train(string run, string settings, bool stops)
    {
        var warnings = 0;
        for (var call = 0; call < 9; call++)
        {
            using var source = new CancellationTokenSource();
            using var said = new Warnings(() =>
            {
                warnings++;
                if (stops)
                {
                    source.Cancel();
                }
            });
            try
            {
                if (Train(Request(run, resumes: call > 0, call == 0 ? settings : ""), said, source.Token))
                {
                    return (warnings, null);
                }
            }
            catch (TrainingException error)
            {
                return (warnings, error);
            }
        }

        return (warnings, null);
    }

    private static Host.Runs.TrainRequest Request(string run, bool resumes, string settings) => new(
        TrainingRuns.Read(settings), From: null, resumes ? null : run, resumes ? run : null, Force: false, CheckpointInterval.EveryEpoch, Keep: 2);

    private static bool Train(Host.Runs.TrainRequest request, StringWriter said, CancellationToken stop) => Host.Runs.TrainingSession.Run(
        request, new TrainingRuns.NoReport(), new Host.Reports.Messages(said, Host.Reports.Verbosity.Normal, columns: null), stop);

    /// <summary>Makes a run one that was killed when it had come as far as a checkpoint.</summary>
    private static void GoBackTo(string run, string checkpoint)
    {
        File.Copy(checkpoint, Path.Combine(run, "checkpoints", CheckpointFolder.LastName), overwrite: true);
        File.Delete(Path.Combine(run, "model.safetensors"));
    }

    private string Settings(string device, string settings) => string.Create(
        CultureInfo.InvariantCulture, $"--data {_folder["tiny"]} --hidden 8 --batch-size 8 --threads 1 --device {device} --epochs 30 {settings}");

    /// <summary>Tells of the warnings that say that a run went back.</summary>
    private sealed class Warnings(Action onRestore) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            if (value?.Contains("half the learning rate", StringComparison.Ordinal) == true)
            {
                onRestore();
            }
        }
    }
}
