using System.Globalization;
using Gpu.Training;
using Gpu.Training.Checkpoints;

namespace Gpu.Trust.Tests;

/// <summary>Runs whose numbers blow up: an L2 of so much turns the weights by more than they are in every step.</summary>
public sealed class BadNumberTests : IDisposable
{
    private static readonly string[] _kinds =
        ["", "--batch-size 1", "--hidden 8,8 --activation tanh", "--momentum 0.5", "--data-mode streamed", "--activation identity"];

    private readonly TestFolder _folder = new();

    public BadNumberTests() => TinyData.WriteIdx(_folder);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnOpenCl]
    [InlineData(Devices.Cpu, 6, 60)]
    [InlineData(Devices.OpenCl, 1, 6)]
    public void Numbers_that_are_not_finite_end_the_run_in_their_epoch(string device, int quick, int all)
    {
        var promise = $"NaN or infinity: code 6 within the epoch, step and layer named, best and last whole and finite ({device})";
        var id = Devices.Require(promise, device);
        Promise.Keep(promise, Promise.Cases(quick, all), number =>
        {
            var run = _folder[$"run{number}"];
            var l2 = (8 + (0.5 * (number / _kinds.Length))).ToString(CultureInfo.InvariantCulture);
            var settings = $"--data {_folder["tiny"]} --hidden 8 --batch-size 8 --seed {number} --threads 1 --device {id} --epochs 60 --lr 0.5 --l2 {l2} "
                + _kinds[number % _kinds.Length];
            var error = Assert.Throws<TrainingException>(() => TrainingRuns.Begin(run, settings, number % 2 == 0 ? "1" : "5steps"));
            Assert.Equal(Failure.Diverged, error.Failure);
            Assert.Matches(@"found NaN or infinity in the .*layer \d+, epoch \d+, step \d+ of \d+: .*lower --lr", error.Message);
            RunFiles.RequireWhole(run);
            var last = CheckpointFolder.LoadLast(Path.Combine(run, "checkpoints"));
            var best = Path.Combine(run, "checkpoints", CheckpointFolder.BestName);
            Assert.Equal(last.Progress.Best, File.Exists(best) ? CheckpointFile.Load(best).Progress.Best : null);
            Assert.Equal($"{last.Progress.Epoch + 1}", error.Message.Split("epoch ")[1].Split(',')[0]);
            Directory.Delete(run, recursive: true);
        });
    }
}
