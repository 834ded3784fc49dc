using Gpu.Host.Runs;
using Gpu.Training;

namespace Gpu.Trust.Tests;

/// <summary>What is refused before anything is touched, and what is cleared away.</summary>
public sealed class RefusalTests : IDisposable
{
    private static readonly (string, string)[] _smallHeap = [("DOTNET_GCHeapHardLimit", "0x10000000")];

    private static readonly (string Old, string New, Failure Failure, string Difference)[] _changes =
    [
        ("\"hidden\": [8]", "\"hidden\": [9]", Failure.ModelFile, "layer 1 has 9 outputs instead of 8"),
        ("\"lr\": 0.1", "\"lr\": 0.2", Failure.Usage, "lr is 0.2, the run was made with 0.1"),
        ("\"hidden\": [8]", "\"hidden\": [8, 8]", Failure.ModelFile, "layer 2 has 8 outputs instead of 3"),
        ("\"relu\"", "\"tanh\"", Failure.ModelFile, "layer 1 has the activation tanh instead of relu"),
        ("\"cross-entropy\"", "\"mse\"", Failure.ModelFile, "the loss is mse instead of cross-entropy"),
        ("\"batch-size\": 32", "\"batch-size\": 9", Failure.Usage, "batch-size is 9, the run was made with 32"),
        ("\"momentum\": 0", "\"momentum\": 0.5", Failure.Usage, "momentum is 0.5, the run was made with 0"),
        ("\"seed\": 7", "\"seed\": 8", Failure.Usage, "seed is 8, the run was made with 7"),
    ];

    private readonly TestFolder _folder = new();

    public RefusalTests() => TinyData.WriteIdx(_folder);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnOpenCl]
    [InlineData(Devices.Cpu, 1, 10)]
    [InlineData(Devices.OpenCl, 1, 4)]
    public void What_does_not_fit_is_refused_with_an_estimate(string device, int quick, int all)
    {
        var promise = $"a network that cannot fit: code 5 with the estimate and a suggestion; one that fits: the estimate ({device})";
        var id = Devices.Require(promise, device);
        Promise.Keep(promise, Promise.Cases(quick, all), number =>
        {
            string[] settings = ["train", "--data", "tiny", "--device", id, "--threads", "1", "--epochs", "1", "--out", $"run{number}"];
            var refused = GpuProcess.Run(
                _folder.Path, _smallHeap, [.. settings, "--quiet", "--hidden", $"{20_000 + (1000 * number)},10000", "--momentum", number % 2 == 0 ? "0.9" : "0"]);
            Assert.True(refused.ExitCode == 5, $"exit code {refused.ExitCode}: {refused.Error}");
            Assert.Matches(@"needs about [0-9.,]+ GB on .*weights [0-9.,]+ [MG]B.*: choose .*--(hidden|batch-size) ", Assert.Single(refused.ErrorLines));
            Assert.DoesNotContain(_folder.Contents, entry => entry.StartsWith("run", StringComparison.Ordinal) || entry.StartsWith(".run", StringComparison.Ordinal));
            var fits = GpuProcess.Run(_folder.Path, _smallHeap, [.. settings, "--hidden", "8"]);
            Assert.True(fits.ExitCode == 0, fits.Error);
            Assert.Contains(fits.ErrorLines, line => line.StartsWith("memory: about ", StringComparison.Ordinal));
            Directory.Delete(_folder[$"run{number}"], recursive: true);
        });
    }

    [Fact]
    public void A_run_is_replaced_only_with_force()
    {
        const string promise = "an existing run folder: refused with code 2, untouched; with --force the run in it is replaced";
        TrainingRuns.Begin(_folder["run"], Settings("--seed 1000"));
        File.WriteAllText(_folder["run/mine"], "mine");
        Promise.Keep(promise, Promise.Cases(3, 40), number =>
        {
            var before = Snapshot("run");
            var error = Assert.Throws<TrainingException>(() => TrainingRuns.Begin(_folder["run"], Settings($"--seed {number}")));
            Assert.Equal(Failure.Usage, error.Failure);
            Assert.Contains("--force", error.Message, StringComparison.Ordinal);
            Assert.Equal(before, Snapshot("run"));
            TrainingRuns.Begin(_folder["run"], Settings($"--seed {number}"), force: true);
            TrainingRuns.Begin(_folder["new"], Settings($"--seed {number}"));
            RunFiles.RequireSame(_folder["new"], _folder["run"]);
            Assert.Equal("mine", File.ReadAllText(_folder["run/mine"]));
            Directory.Delete(_folder["new"], recursive: true);
        });
    }

    [Fact]
    public void Another_architecture_or_setting_is_refused_with_the_difference()
    {
        const string promise = "another architecture or setting in a run's recipe: refused, the difference named, nothing changed";
        TrainingRuns.Begin(_folder["run"], Settings("--seed 7"));
        var recipe = File.ReadAllText(_folder["run/recipe.json"]);
        Promise.Keep(promise, _changes.Length, number =>
        {
            var (old, changed, failure, difference) = _changes[number];
            Assert.Contains(old, recipe, StringComparison.Ordinal);
            File.WriteAllText(_folder["run/recipe.json"], recipe.Replace(old, changed, StringComparison.Ordinal));
            var before = Snapshot("run");
            var error = Assert.Throws<TrainingException>(() => TrainingRuns.Resume(_folder["run"], "--epochs 5"));
            Assert.Equal(failure, error.Failure);
            Assert.Contains(difference, error.Message, StringComparison.Ordinal);
            Assert.Equal(before, Snapshot("run"));
        });
    }

    [Fact]
    public void What_a_killed_run_left_is_cleared_away()
    {
        const string promise = "temporary files of a killed process: gone after --resume and after --force; files of others stay";
        TrainingRuns.Begin(_folder["run"], Settings(""));
        Promise.Keep(promise, Promise.Cases(2, 40), number =>
        {
            var folder = $"run/.partial-{PartialFolders.Maker(2_000_000_000 + number)}";
            string[] stale = [$"run/recipe.json.{number}.tmp", $"run/model.safetensors.{number}.tmp", $"run/checkpoints/last.safetensors.{number}.tmp"];
            foreach (var file in stale.Append("run/notes.tmp"))
            {
                File.WriteAllText(_folder[file], "half");
            }

            Directory.CreateDirectory(_folder[folder]);
            if (number % 2 == 0)
            {
                TrainingRuns.Resume(_folder["run"], $"--epochs {number + 2}");
            }
            else
            {
                TrainingRuns.Begin(_folder["run"], Settings(""), force: true);
            }

            Assert.All(stale, file => Assert.False(File.Exists(_folder[file]), file));
            Assert.False(Directory.Exists(_folder[folder]));
            Assert.True(File.Exists(_folder["run/notes.tmp"]));
            RunFiles.RequireWhole(_folder["run"]);
        });
    }

    private string Settings(string settings) => $"--data {_folder["tiny"]} --hidden 8 --threads 1 --device cpu --epochs 1 {settings}";

    /// <summary>Every file of a folder but its lock, with its content.</summary>
    private List<string> Snapshot(string run) => [.. Directory.GetFiles(_folder[run], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {Convert.ToHexString(File.ReadAllBytes(file))}")];
}
