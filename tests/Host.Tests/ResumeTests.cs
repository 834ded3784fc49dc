using Gpu.Host.Runs;
using Gpu.Kernels.Ops;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Loop;
using Gpu.Training.Models;
using Gpu.Training.Schedules;

namespace Gpu.Host.Tests;

/// <summary>A run that goes on ends with the files of one that never stopped, and with nothing else does it go on.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly string _settings;

    public ResumeTests() =>
        _settings = $"--data {TinyData.WriteIdx(_folder)} --hidden 8 --batch-size 8 --lr 0.5 --seed 7 --epochs 4 --threads 1 --device cpu";

    /// <summary>Settings, and how often a checkpoint is written.</summary>
    public static TheoryData<string, string> Cuts => new(
    [
        ("", "5steps"),
        ("--momentum 0.9 --l2 1e-3", "5steps"),
        ("--momentum 0.5 --lr-schedule cosine --lr-final 0.01", "7steps"),
        ("--lr 0.1..0.9", "5steps"),
        ("--loss mse --head none --output-activation sigmoid", "5steps"),
        ("--label-smoothing 0.1 --class-weights balanced", "5steps"),
        ("--momentum 0.9 --clip-norm 0.1 --on-nan skip", "5steps"),
        ("--momentum 0.9 --clip-value 0.05 --ema 0.9", "5steps"),
        ("--ema 0.9 --validation 0.2 --early-stop 2,0.5 --epochs 9", "5steps"),
        ("--validation 0.2 --eval-every 3 --shuffle no", "5steps"),
        ("--batch-size 3 --accumulate 3 --validation 0.2", "5steps"),
        ("--batch-size 1", "40steps"),
        ("--batch-size 1 --activation sigmoid --skip-correct-after 100", "40steps"),
        ("--data-mode streamed --validation 0.2", "5steps"),
        ("--scale 0.1307,0.3081 --validation last:10", "5steps"),
        .. Optimizers.Names.Select(name => ($"--optimizer {name} --lr 0.01 --weight-decay 0.1", "5steps")),
        ("--lr-schedule plateau:0,0.25 --validation 0.2", "5steps"),
        .. RateSchedules.Examples.Select(schedule => ($"--lr-schedule {schedule} --lr-warmup 7steps", "5steps")),
    ]);

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// The run is trained whole with a checkpoint every few steps; then all that came after one of them is taken away, and it goes
    /// on from there.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cuts))]
    public void From_any_place_a_run_ends_with_the_same_bytes(string settings, string every)
    {
        var all = $"{_settings} {settings}";
        TrainingRuns.Begin(_folder["whole"], all, keep: 0);
        TrainingRuns.Begin(_folder["cut"], all, every, keep: 1000);
        Assert.Equal(Bytes("whole/model.safetensors"), Bytes("cut/model.safetensors"));
        var numbered = Directory.GetFiles(_folder["cut/checkpoints"], "step-*").Order(StringComparer.Ordinal).ToList();
        Assert.True(numbered.Count > 8, $"only {numbered.Count} checkpoints");
        foreach (var place in new[] { numbered.Count - 2, numbered.Count / 2, 3, 0 })
        {
            CutBehind(numbered[place]);
            Assert.DoesNotContain("bits", TrainingRuns.Resume(_folder["cut"], every: place == 3 ? "1" : every, keep: 1000), StringComparison.Ordinal);
            Assert.Equal(Bytes("whole/model.safetensors"), Bytes("cut/model.safetensors"));
            Assert.Equal(Metrics("whole"), Metrics("cut"));
            var (whole, cut) = (Last("whole").Progress, Last("cut").Progress);
            Assert.Equal((whole.Epoch, whole.Position, whole.Steps, whole.Best, whole.LastGain), (cut.Epoch, cut.Position, cut.Steps, cut.Best, cut.LastGain));
        }
    }

    [Fact]
    public void More_epochs_extend_a_run_and_threads_do_not_matter()
    {
        TrainingRuns.Begin(_folder["whole"], _settings);
        TrainingRuns.Begin(_folder["short"], _settings + " --epochs 1");
        TrainingRuns.Resume(_folder["short"], "--epochs 3 --threads 2");
        TrainingRuns.Resume(_folder["short"], "--epochs 4 --threads 3 --data-mode streamed");
        Assert.Equal(Bytes("whole/model.safetensors"), Bytes("short/model.safetensors"));
        Assert.Equal(Metrics("whole"), Metrics("short"));
        Assert.Contains("\"epochs\": 4", File.ReadAllText(_folder["short/recipe.json"]), StringComparison.Ordinal);
        Assert.Equal(Best("whole"), Best("short"));
    }

    [Fact]
    public void A_finished_run_says_so_and_stays_as_it_is()
    {
        TrainingRuns.Begin(_folder["run"], _settings);
        var before = Everything();
        Assert.Contains("is finished, 4 of 4 epochs", TrainingRuns.Resume(_folder["run"]), StringComparison.Ordinal);
        Assert.Equal(before, Everything());
        Refused(Failure.Usage, () => TrainingRuns.Resume(_folder["run"], "--epochs 3"), "expected at least 4");
        Assert.Equal(before, Everything());
    }

    [Fact]
    public void A_run_that_was_killed_before_it_wrote_its_model_writes_it()
    {
        TrainingRuns.Begin(_folder["run"], _settings);
        var model = Bytes("run/model.safetensors");
        File.Delete(_folder["run/model.safetensors"]);
        File.Delete(_folder["run/recipe.json"]);
        TrainingRuns.Resume(_folder["run"]);
        Assert.Equal(model, Bytes("run/model.safetensors"));
        Assert.True(File.Exists(_folder["run/recipe.json"]));
    }

    [Fact]
    public void Changed_data_is_refused_unless_forced()
    {
        TrainingRuns.Begin(_folder["run"], _settings);
        var path = _folder["tiny/t10k-images-idx3-ubyte"];
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Refused(Failure.Data, () => TrainingRuns.Resume(_folder["run"], "--epochs 5"), "SHA-256", "--force");
        Assert.Contains("as --force says", TrainingRuns.Resume(_folder["run"], "--epochs 5", force: true), StringComparison.Ordinal);
        TrainingRuns.Resume(_folder["run"], "--epochs 6");
    }

    [Fact]
    public void Data_that_moved_is_the_same_data()
    {
        TrainingRuns.Begin(_folder["run"], _settings);
        Directory.Move(_folder["tiny"], _folder["moved"]);
        TrainingRuns.Resume(_folder["run"], $"--epochs 5 --data {_folder["moved"]}");
        Assert.Equal(5, Last("run").Progress.Epoch);
    }

    [Theory]
    [InlineData("\"hidden\": [8]", "\"hidden\": [9]", Failure.ModelFile, "layer 1 has 9 outputs instead of 8")]
    [InlineData("\"hidden\": [8]", "\"hidden\": [8, 8]", Failure.ModelFile, "layer 2 has 8 outputs instead of 3")]
    [InlineData("\"relu\"", "\"tanh\"", Failure.ModelFile, "layer 1 has the activation tanh instead of relu")]
    [InlineData("\"cross-entropy\"", "\"mse\"", Failure.ModelFile, "the loss is mse instead of cross-entropy")]
    [InlineData("\"lr\": 0.5", "\"lr\": 0.25", Failure.Usage, "lr is 0.25, the run was made with 0.5")]
    [InlineData("\"batch-size\": 8", "\"batch-size\": 9", Failure.Usage, "batch-size is 9, the run was made with 8")]
    [InlineData("\"lr\": 0.5", "\"lr\": ", Failure.Usage, "recipe.json, line")]
    public void A_changed_recipe_is_refused_with_the_difference(string old, string changed, Failure failure, string message)
    {
        TrainingRuns.Begin(_folder["run"], _settings);
        var recipe = File.ReadAllText(_folder["run/recipe.json"]);
        Assert.Contains(old, recipe, StringComparison.Ordinal);
        File.WriteAllText(_folder["run/recipe.json"], recipe.Replace(old, changed, StringComparison.Ordinal));
        Refused(failure, () => TrainingRuns.Resume(_folder["run"], "--epochs 5"), message);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused()
    {
        TrainingRuns.Begin(_folder["run"], _settings);
        var path = _folder["run/checkpoints/last.safetensors"];
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^4]);
        var before = Everything();
        Refused(Failure.ModelFile, () => TrainingRuns.Resume(_folder["run"], "--epochs 5"), "last.safetensors");
        Assert.Equal(before, Everything());
    }

    [Fact]
    public void Of_a_damaged_checkpoint_the_whole_one_before_it_is_named_and_can_be_gone_on_from()
    {
        TrainingRuns.Begin(_folder["whole"], _settings);
        TrainingRuns.Begin(_folder["run"], _settings);
        foreach (var name in new[] { "last", "step-00000048" })
        {
            // Another name of the same file: what is cut off one would be cut off both.
            var path = _folder[$"run/checkpoints/{name}.safetensors"];
            var bytes = File.ReadAllBytes(path)[..^4];
            File.Delete(path);
            File.WriteAllBytes(path, bytes);
        }

        var error = Assert.Throws<TrainingException>(() => TrainingRuns.Resume(_folder["run"]));
        Assert.Equal(Failure.ModelFile, error.Failure);
        Assert.Contains("the newest whole checkpoint is step-00000036.safetensors, after epoch 3:", error.Message, StringComparison.Ordinal);
        var words = error.Message[(error.Message.IndexOf("(rm ", StringComparison.Ordinal) + 1)..^2].Split(' ');
        Assert.Equal(["rm", words[1], "&&", "cp", words[4], words[1]], words);
        File.Delete(words[1]);
        File.Copy(words[4], words[5]);
        TrainingRuns.Resume(_folder["run"]);
        Assert.Equal(Bytes("whole/model.safetensors"), Bytes("run/model.safetensors"));
        Assert.Equal(Metrics("whole"), Metrics("run"));
    }

    [Theory]
    [InlineData("--hidden 64", "the run has 8, 64 was asked", "without --resume")]
    [InlineData("--activation tanh", "the run has relu, tanh was asked", "without --resume")]
    [InlineData("--output-activation sigmoid", "sigmoid was asked", "without --resume")]
    [InlineData("--loss mse", "the run has cross-entropy, mse was asked", "without --resume")]
    [InlineData("--lr 0.25", "the run has 0.5, 0.25 was asked", "with --from ")]
    [InlineData("--clip-norm 1", "the run has none, 1 was asked", "with --from ")]
    public void A_setting_that_a_run_cannot_change_is_refused_with_the_difference(string option, string difference, string advice)
    {
        TrainingRuns.Begin(_folder["run"], _settings);
        var before = Everything();
        Refused(Failure.Usage, () => TrainingRuns.Resume(_folder["run"], option), option.Split(' ')[0], difference, advice);
        Assert.Equal(before, Everything());
    }

    [Fact]
    public void Json_ends_for_a_finished_run_too()
    {
        TrainingRuns.Begin(_folder["run"], _settings);
        var result = GpuProcess.Run(_folder.Path, "train", "--resume", "run", "--json", "--quiet");
        Assert.True(result.ExitCode == 0, result.Error);
        var line = Assert.Single(result.Lines);
        Assert.StartsWith("""{"event":"finished","epochs":4,"train_seconds":""", line, StringComparison.Ordinal);
        Assert.EndsWith(""","model":"run/model.safetensors"}""", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_behind_the_end_of_an_epoch_is_refused()
    {
        TrainingRuns.Begin(_folder["run"], _settings);
        var last = Last("run");
        var beyond = last.Progress with { Position = new EpochPosition(1_000_000, default), Steps = 2_000_000 };
        new CheckpointFolder(_folder["run/checkpoints"], keep: 0).Save(last with { Progress = beyond }, isBest: false);
        Refused(Failure.ModelFile, () => TrainingRuns.Resume(_folder["run"], "--epochs 5"), "found one after step 1,000,000");
    }

    [Fact]
    public void A_stop_while_data_is_loaded_leaves_nothing_and_changes_nothing()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        TrainingRuns.Train(Request(_folder["run"], resume: null), stop: source.Token);
        Assert.False(Directory.Exists(_folder["run"]));
        TrainingRuns.Begin(_folder["run"], _settings + " --epochs 1");
        var before = Everything();
        TrainingRuns.Train(Request(null, _folder["run"]) with { Settings = TrainingRuns.Read("--epochs 3") }, stop: source.Token);
        Assert.Equal(before, Everything());
    }

    /// <summary>
    /// The stop comes at the start, at the end of the third epoch, in the midst of the second, or when that is trained and not
    /// evaluated.
    /// </summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 0)]
    [InlineData(1, 33)]
    [InlineData(1, TinyData.Training)]
    public void A_stop_anywhere_leaves_a_model_and_a_run_that_goes_on(int epochs, int samples)
    {
        TrainingRuns.Begin(_folder["whole"], _settings);
        using var source = new CancellationTokenSource();
        var said = TrainingRuns.Train(Request(_folder["run"], resume: null), new StopAt(source, epochs, samples), source.Token);
        Assert.Contains($"to go on: gpu train --resume {_folder["run"]} --no-report\n", said, StringComparison.Ordinal);
        Assert.Equal(epochs, Last("run").Progress.Epoch);
        Assert.Equal(Last("run").Model.Parameters, Training.Models.ModelFile.Load(_folder["run/model.safetensors"]).Parameters);
        TrainingRuns.Resume(_folder["run"]);
        Assert.Equal(Bytes("whole/model.safetensors"), Bytes("run/model.safetensors"));
        Assert.Equal(Metrics("whole"), Metrics("run"));
    }

    [Theory]
    [InlineData("runs/a-1", "1", 2, "gpu train --resume runs/a-1")]
    [InlineData("a b", "500steps", 2, "gpu train --resume 'a b' --checkpoint-every 500steps")]
    [InlineData("it's", "1", 0, @"gpu train --resume 'it'\''s' --keep 0")]
    public void The_command_to_go_on_can_be_pasted_into_a_shell(string folder, string every, int keep, string expected) =>
        Assert.Equal(expected, new TrainRequest(new(), null, folder, null, false, TrainingRuns.Interval(every), keep).ResumeCommand(folder));

    private TrainRequest Request(string? run, string? resume) => new(
        TrainingRuns.Read(_settings), From: null, run, resume, Force: false, CheckpointInterval.EveryEpoch, Keep: 2);

    /// <summary>Takes away all that came after a checkpoint, as if the process had been killed before the next.</summary>
    private void CutBehind(string checkpoint)
    {
        File.Copy(checkpoint, _folder["cut/checkpoints/last.safetensors"], overwrite: true);
        File.Delete(_folder["cut/checkpoints/best.safetensors"]);
        File.AppendAllText(_folder["cut/metrics.csv"], "99,0.5,half a r");
    }

    private static void Refused(Failure failure, Action action, params string[] parts)
    {
        var error = Assert.Throws<TrainingException>(action);
        Assert.Equal(failure, error.Failure);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    /// <summary>The best weights; the file also holds times, which differ.</summary>
    private float[] Best(string run) => ModelFile.Load(_folder[$"{run}/checkpoints/{CheckpointFolder.BestName}"]).Parameters;

    private byte[] Bytes(string file) => File.ReadAllBytes(_folder[file]);

    private Checkpoint Last(string run) => CheckpointFolder.LoadLast(_folder[$"{run}/checkpoints"]);

    /// <summary>The table without its two columns of time.</summary>
    private IEnumerable<string> Metrics(string run)
    {
        var rows = File.ReadAllLines(_folder[$"{run}/metrics.csv"]).Select(row => row.Split(',')).ToList();
        var time = new[] { Array.IndexOf(rows[0], "train_seconds"), Array.IndexOf(rows[0], "samples_per_second") };
        Assert.DoesNotContain(-1, time);
        return rows.Select(row => string.Join(',', row.Where((_, column) => !time.Contains(column))));
    }

    private List<string> Everything() => [.. Directory.GetFiles(_folder["run"], "*", SearchOption.AllDirectories).Order()
        .Select(file => $"{file} {File.GetLastWriteTimeUtc(file).Ticks} {Convert.ToHexString(File.ReadAllBytes(file))}")];

    /// <summary>Stops a run when so many epochs and samples are behind it.</summary>
    private sealed class StopAt(CancellationTokenSource source, int epochs, int samples) : TrainingRuns.QuietReport
    {
        private int _epochs;

        public override void Start(Reports.RunStart start) => Check(0);

        public override void Progress(int epoch, int done) => Check(done);

        public override void Epoch(Reports.EpochReport epoch)
        {
            _epochs++;
            Check(0);
        }

        private void Check(int done)
        {
            if (_epochs == epochs && done >= samples)
            {
                source.Cancel();
            }
        }
    }
}
