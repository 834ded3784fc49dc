using System.Globalization;
using Gpu.Training;
using Gpu.Training.Checkpoints;

namespace Gpu.Trust.Tests;

/// <summary>Runs that go on from every place that a checkpoint was written at.</summary>
public sealed class PlaceTests : IDisposable
{
    /// <summary>All that a checkpoint has to carry, and all that is drawn.</summary>
    private const string Everything = "--layers conv 2x2x3 relu, batch-norm, max-pool 2 stride 1, dense 12 relu, dropout 0.3 --optimizer adam --lr 0.01 "
        + "--lr-schedule one-cycle --ema 0.9 --early-stop 3 --validation 0.2 --epochs 6";

    private static readonly string[] _settings =
    [
        "--momentum 0.9 --l2 1e-3 --lr-schedule cosine --lr-final 0.01",
        $"{Everything} --augment shift:1,rotate:10,noise:0.1",
        $"{Everything} --data-mode streamed --accumulate 2 --augment shift:1,elastic:20/2",
        "",
        "--batch-size 1 --lr 0.05",
        "--lr 0.1..0.9",
        "--batch-size 1 --lr 0.05 --activation sigmoid --skip-correct-after 100",
        "--data-mode streamed --validation 0.2",
        "--data-mode streamed --batch-size 1 --lr 0.05 --momentum 0.5",
        "--scale 0.1307,0.3081 --validation last:10 --hidden none",
        "--momentum 0.9 --clip-norm 0.1 --on-nan skip --hidden 8,8 --activation tanh,relu",
        "--loss binary-cross-entropy --lr-schedule linear",
    ];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnOpenCl]
    [InlineData(Devices.Cpu, 3, 12)]
    [InlineData(Devices.OpenCl, 1, 3)]
    public void From_every_place_a_run_ends_with_the_same_bytes(string device, int quick, int all)
    {
        var promise = $"resume from every checkpoint, at ends of epochs and within: the same model, the same metrics ({device})";
        var id = Devices.Require(promise, device);
        var places = Places(id, Promise.Cases(quick, all)).ToList();
        if (!Promise.IsLong)
        {
            places = [.. places.GroupBy(place => place.Name).Select(run => run.ElementAt(run.Count() / 2))];
        }

        Promise.Keep(promise, places.Count, number => GoOn(places[number].Name, places[number].Checkpoint, places[number].Every));
    }

    [Fact]
    [OnOpenCl]
    public void A_run_may_go_on_on_another_device()
    {
        const string promise = "a run goes on on another device: it says that bits will differ, and learns the same (cpu to opencl and back)";
        var openCl = Devices.Require(promise, Devices.OpenCl);
        string[] devices = [Devices.Cpu, openCl];
        var data = TrustData.Write(_folder["digits"]);
        Promise.Keep(promise, Promise.Cases(2, 10), number =>
        {
            var (first, second) = (devices[number % 2], devices[1 - (number % 2)]);
            var settings = $"--data {data} --hidden 16 --momentum 0.5 --lr 0.05 --epochs 4 --threads 1 --seed {number} --device {first}";
            TrainingRuns.Begin(_folder[$"one{number}"], settings);
            TrainingRuns.Begin(_folder[$"two{number}"], settings + " --epochs 2");
            var said = TrainingRuns.Resume(_folder[$"two{number}"], $"--epochs 4 --device {second}");
            Assert.Contains("its bits will differ", said, StringComparison.Ordinal);
            var (one, two) = (Accuracies($"one{number}"), Accuracies($"two{number}"));
            Assert.Equal(one.Length, two.Length);

            // What is promised across devices: 0.3 points of accuracy.
            Assert.All(one.Zip(two), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 0.003, $"{pair.First} and {pair.Second}"));
        });
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused()
    {
        const string promise = "a bit turned, or the end cut off, anywhere in the last checkpoint: refused with code 7, nothing changed";
        var settings = Settings(Devices.Cpu, _settings[0]);
        TrainingRuns.Begin(_folder["run"], settings);
        var path = _folder["run/checkpoints/last.safetensors"];
        var whole = File.ReadAllBytes(path);
        var random = new System.Random(3);
        Promise.Keep(promise, Promise.Cases(50, 2000), number =>
        {
            var bytes = whole.ToArray();
            var place = random.Next(bytes.Length);
            if (number % 4 > 0)
            {
                bytes[place] ^= (byte)(1 << random.Next(8));
            }

            File.Delete(path);
            File.WriteAllBytes(path, number % 4 == 0 ? bytes[..place] : bytes);
            var before = Snapshot();
            var error = Record.Exception(() => TrainingRuns.Resume(_folder["run"], "--epochs 9"));

            // Spaces fill the header up: between them a bit may turn another kind of space into one, which says the same.
            Assert.True(error is TrainingException { Failure: Failure.ModelFile }, $"byte {place}: {error?.ToString() ?? "accepted"}");
            Assert.Equal(before, Snapshot());
        });
    }

    [Fact]
    public void Changed_data_is_refused()
    {
        const string promise = "a bit turned anywhere in the data: refused with code 3, --force goes on and says so";
        TrainingRuns.Begin(_folder["run"], Settings(Devices.Cpu, "--epochs 1"));
        var random = new System.Random(4);
        Promise.Keep(promise, Promise.Cases(5, 100), number =>
        {
            var path = _folder[number % 3 == 0 ? "data/t10k-images-idx3-ubyte" : "data/train-images-idx3-ubyte"];
            var whole = File.ReadAllBytes(path);
            var bytes = whole.ToArray();
            bytes[random.Next(16, bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bytes);
            var error = Record.Exception(() => TrainingRuns.Resume(_folder["run"], "--epochs 2"));
            Assert.True(error is TrainingException { Failure: Failure.Data }, error?.ToString() ?? "accepted");
            if (number == 0)
            {
                Assert.Contains("as --force says", TrainingRuns.Resume(_folder["run"], "--epochs 2", force: true), StringComparison.Ordinal);
                Directory.Delete(_folder["run"], recursive: true);
                File.WriteAllBytes(path, whole);
                TrainingRuns.Begin(_folder["run"], Settings(Devices.Cpu, "--epochs 1"));
            }

            File.WriteAllBytes(path, whole);
        });
    }

    /// <summary>Every file of the run but its lock, with its time and its content.</summary>
    private List<string> Snapshot() => [.. Directory.GetFiles(_folder["run"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {File.GetLastWriteTimeUtc(file).Ticks} {Convert.ToHexString(File.ReadAllBytes(file))}")];

    /// <summary>Trains runs with a checkpoint every few steps; yields where they can go on from.</summary>
    private IEnumerable<(string Name, string Checkpoint, string Every)> Places(string device, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var (name, every) = ($"run{i}", _settings[i].Contains("--batch-size 1 ", StringComparison.Ordinal) ? "40steps" : "5steps");
            TrainingRuns.Begin(_folder[$"{name}-whole"], Settings(device, _settings[i]), keep: 0);
            TrainingRuns.Begin(_folder[name], Settings(device, _settings[i]), every, keep: 1000);
            Directory.Move(_folder[$"{name}/checkpoints"], _folder[$"{name}-places"]);
            Directory.CreateDirectory(_folder[$"{name}/checkpoints"]);
            foreach (var file in Directory.GetFiles(_folder[$"{name}-places"], "step-*").Order(StringComparer.Ordinal))
            {
                yield return (name, file, every);
            }
        }
    }

    /// <summary>Goes on from a place as if the run had been killed when it had come as far.</summary>
    private void GoOn(string name, string checkpoint, string every)
    {
        var folder = _folder[$"{name}/checkpoints"];
        Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        File.Copy(checkpoint, Path.Combine(folder, CheckpointFolder.LastName));
        File.Delete(_folder[$"{name}/model.safetensors"]);
        File.AppendAllText(_folder[$"{name}/metrics.csv"], "99,0.5,half a r");
        TrainingRuns.Resume(_folder[name], every: every);
        RunFiles.RequireSame(_folder[$"{name}-whole"], _folder[name]);
        RunFiles.RequireWhole(_folder[name]);
    }

    /// <summary>The share of the training samples that each epoch answered right.</summary>
    private double[] Accuracies(string run)
    {
        var rows = File.ReadAllLines(_folder[$"{run}/metrics.csv"]).Select(row => row.Split(',')).ToList();
        var column = Array.IndexOf(rows[0], "train_accuracy");
        return [.. rows.Skip(1).Select(row => double.Parse(row[column], CultureInfo.InvariantCulture))];
    }

    private string Settings(string device, string settings)
    {
        if (!Directory.Exists(_folder["data"]))
        {
            TinyData.WriteIdx(_folder, "data");
        }

        var hidden = settings.Contains("--layers ", StringComparison.Ordinal) ? "" : "--hidden 8 ";
        return $"--data {_folder["data"]} {hidden}--batch-size 8 --lr 0.5 --seed 7 --epochs 4 --threads 1 --device {device} {settings}";
    }
}
