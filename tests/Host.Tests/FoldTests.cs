using System.Globalization;
using System.Text.Json;

namespace Gpu.Host.Tests;

/// <summary>Cross-validation and repeated seeds: a set of runs that is worth as much as its runs are alone.</summary>
public sealed class FoldTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folds_and_seeds_of_a_table_are_runs_with_the_bits_of_their_lone_ones_and_judged_on_what_they_held_out()
    {
        WritePeople();
        var set = Run("train", "--data", "people.csv", "--target", "income", "--epochs", "8", "--device", "cpu", "--folds", "3", "--seeds", "2", "--out", "set");
        Assert.Contains("fold-1-seed-42: data: people.csv: 80 training rows, 5 inputs, 2 classes of 'income'; 40 more for the test at the end", set.Error, StringComparison.Ordinal);
        Assert.Single(set.ErrorLines, line => line.Contains("target: 'income'", StringComparison.Ordinal));
        Assert.Equal(["run", "fold-1-seed-42", "fold-1-seed-43", "fold-2-seed-42", "fold-2-seed-43", "fold-3-seed-42", "fold-3-seed-43", "mean", "deviation"],
            set.Lines.Take(9).Select(line => line.Split(' ')[0]));
        Assert.Matches("^test accuracy [0-9.]+%, deviation [0-9.]+% over 6 runs; baseline: the largest class alone has [0-9.]+%$", set.Lines[9]);
        Assert.Matches("^the means over the folds deviate by [0-9.]+% from seed to seed$", set.Lines[10]);
        Assert.Equal("set: set", set.Lines[11]);

        // The fold of a row, as the file says it, is what the run of that fold held out, whatever its seed.
        var folds = File.ReadAllLines(_folder["set/folds.csv"]).Skip(1).Select(line => line.Split(',')).ToDictionary(cells => int.Parse(cells[0], CultureInfo.InvariantCulture), cells => cells[1]);
        Assert.Equal(Enumerable.Range(1, 120), folds.Keys.Order());
        using var results = JsonDocument.Parse(File.ReadAllBytes(_folder["set/results.json"]));
        var accuracies = new List<double>();
        foreach (var run in results.RootElement.GetProperty("runs").EnumerateArray())
        {
            var name = run.GetProperty("run").GetString()!;
            var settings = run.GetProperty("settings");
            var test = settings.GetProperty("test").GetString()!;
            Run("train", "--data", "people.csv", "--target", "income", "--epochs", "8", "--device", "cpu", "--test", test, "--seed", settings.GetProperty("seed").GetString()!, "--out", $"lone/{name}");
            Assert.Equal(File.ReadAllBytes(_folder[$"lone/{name}/model.safetensors"]), File.ReadAllBytes(_folder[$"set/{name}/model.safetensors"]));
            Assert.Equal(File.ReadAllText(_folder[$"lone/{name}/recipe.json"]), File.ReadAllText(_folder[$"set/{name}/recipe.json"]));
            Assert.DoesNotContain("test", File.ReadAllLines(_folder[$"set/{name}/metrics.csv"])[0], StringComparison.Ordinal);

            // 68 rows are 3 steps an epoch: of 8 epochs only the last is written by the clock, and the best.
            Assert.True(File.Exists(_folder[$"set/{name}/checkpoints/step-00000024.safetensors"]) && File.Exists(_folder[$"lone/{name}/checkpoints/step-00000021.safetensors"]));

            var judged = run.GetProperty("judged").EnumerateArray().Single(part => part.GetProperty("part").GetString() == "test");
            Assert.Equal((40, false), (judged.GetProperty("samples").GetInt32(), judged.GetProperty("chose_epoch").GetBoolean()));
            accuracies.Add(judged.GetProperty("accuracy").GetDouble());
            using var eval = JsonDocument.Parse(Run("eval", $"set/{name}", "--json").Output);
            Assert.Equal(judged.GetProperty("log_loss").GetDouble(), eval.RootElement.GetProperty("log_loss").GetDouble(), 1e-6);
            string[] held = [.. Run("predict", $"set/{name}", "--format", "csv").Lines.Skip(1).Select(line => line.Split(',')[0])];
            Assert.Equal(folds.Where(row => row.Value == test[5..6]).Select(row => row.Key), held.Select(row => int.Parse(row, CultureInfo.InvariantCulture)));
        }

        Assert.Equal(accuracies.Average(), results.RootElement.GetProperty("mean").GetProperty("accuracy").GetDouble(), 1e-12);
        var mean = accuracies.Average();
        Assert.Equal(Math.Sqrt(accuracies.Sum(a => (a - mean) * (a - mean)) / 5), results.RootElement.GetProperty("deviation").GetProperty("accuracy").GetDouble(), 1e-12);
        Assert.Equal(6, Run("runs", ".", "--json").Lines.Count(line => line.Contains("set/fold-", StringComparison.Ordinal)));
        Run("report", "set", "--out", "all.html");
        Run("report", "set/fold-1-seed-42");
        Run("train", "--resume", "set/fold-1-seed-42", "--epochs", "9");
        Assert.Contains("found that of a set of runs: name one of them, such as set/fold-1-seed-42", Refused(2, "eval", "set"), StringComparison.Ordinal);
    }

    [Fact]
    public void Folds_of_images_leave_their_test_part_alone()
    {
        TinyData.WriteIdx(_folder);
        var set = Run("train", "--data", "tiny", "--epochs", "3", "--device", "cpu", "--folds", "3", "--out", "set", "--json");
        Assert.Contains("the test samples of tiny are left out, because --test fold:1/3:42 holds out others", set.Error, StringComparison.Ordinal);
        Assert.All(set.Lines.Take(3), line => Assert.StartsWith("""{"event":"run","run":"fold-""", line, StringComparison.Ordinal));
        Assert.Contains("\"part\":\"test\",\"samples\":30,\"chose_epoch\":false,\"accuracy\":", set.Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("""{"event":"finished","runs":3,"finished":3,"judged_by":"test","mean":{"accuracy":""", set.Lines[3], StringComparison.Ordinal);
        var lone = Run("train", "--data", "tiny", "--epochs", "3", "--device", "cpu", "--test", "fold:2/3:42", "--out", "lone");
        Assert.Contains(lone.Lines, line => line.StartsWith("test accuracy ", StringComparison.Ordinal) && line.EndsWith(" of 30)", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllBytes(_folder["lone/model.safetensors"]), File.ReadAllBytes(_folder["set/fold-2/model.safetensors"]));
        var seeds = Run("train", "--data", "tiny", "--epochs", "2", "--device", "cpu", "--seeds", "3", "--seed", "5", "--out", "seeds");
        Assert.Equal(["seed-5", "seed-6", "seed-7"], seeds.Lines.Skip(1).Take(3).Select(line => line.Split(' ')[0]));
        Assert.Contains("test accuracy", seeds.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_that_was_stopped_goes_on_to_the_same_bytes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by the kill command.");
        WritePeople();
        string[] train = ["train", "--data", "people.csv", "--target", "income", "--epochs", "150", "--device", "cpu", "--folds", "4"];
        Run([.. train, "--out", "whole"]);
        using var process = GpuProcess.Start(_folder.Path, [.. train, "--out", "set"]);
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (!File.Exists(_folder["set/fold-2/metrics.csv"]) && !process.HasExited)
        {
            Assert.InRange(patience.Elapsed.TotalSeconds, 0, 60);
            Thread.Sleep(5);
        }

        GpuProcess.Signal(process, "TERM");
        var stopped = GpuProcess.Finish(process);
        Assert.True(stopped.ExitCode == 143, stopped.Error);
        Assert.Equal("to go on: gpu train --resume set", stopped.ErrorLines[^1]);
        Assert.Contains("set is in use", StopOthers(), StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["elsewhere"]);
        var resumed = GpuProcess.Run(_folder["elsewhere"], "train", "--resume", "../set");
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Matches("over 4 runs", resumed.Output);
        for (var fold = 1; fold <= 4; fold++)
        {
            Assert.Equal(File.ReadAllBytes(_folder[$"whole/fold-{fold}/model.safetensors"]), File.ReadAllBytes(_folder[$"set/fold-{fold}/model.safetensors"]));
        }

        Assert.Equal(Scores("whole"), Scores("set"));
        Assert.Equal(Run("train", "--resume", "whole").Lines[^2], resumed.Lines[^2]);
        File.Delete(_folder["set/results.json"]);
        Assert.Equal(Run("train", "--resume", "set").Lines[^2], resumed.Lines[^2]);
        Assert.Contains("over 4 runs", Run("train", "--resume", "set", "--epochs", "151").Output, StringComparison.Ordinal);
        Assert.Equal(152, File.ReadAllLines(_folder["set/fold-3/metrics.csv"]).Length);
    }

    [Fact]
    public void A_run_that_diverges_ends_alone()
    {
        // Beside what the others have learned, the last row has no square that float32 can hold; where it is tested on, nobody looks at it before the end.
        File.WriteAllText(_folder["odd.csv"], "size,price\n" + string.Concat(Enumerable.Range(0, 40).Select(row => $"{row * 7 % 11}.5,{(row == 39 ? "1e30" : $"{row * 7 % 11}.25")}\n")));
        var result = GpuProcess.Run(_folder.Path, "train", "--data", "odd.csv", "--validation", "last:1", "--epochs", "4", "--device", "cpu", "--folds", "4", "--out", "set");
        Assert.True(result.ExitCode == 6, result.Error);
        Assert.Equal(3, result.Lines.Count(line => line.StartsWith("fold-", StringComparison.Ordinal) && line.Contains("failed", StringComparison.Ordinal)));
        Assert.Contains("3 of 4 runs failed and have no part in this", result.Output, StringComparison.Ordinal);
        Assert.Contains("of one run", result.Output, StringComparison.Ordinal);
        Assert.Matches("warning: .*(infinite|NaN|not finite)", result.Error);
        Assert.Equal(6, GpuProcess.Run(_folder.Path, "train", "--resume", "set").ExitCode);
    }

    [Fact]
    public void What_is_wrong_is_said_before_a_folder_is_made()
    {
        WritePeople();
        string[] train = ["train", "--data", "people.csv", "--target", "income", "--device", "cpu", "--epochs", "1"];
        Assert.Contains("--test says otherwise what judges", Refused(2, [.. train, "--folds", "3", "--test", "0.2"]), StringComparison.Ordinal);
        Assert.Contains("--folds: expected a whole number of at least 2, found '1'", Refused(2, [.. train, "--folds", "1"]), StringComparison.Ordinal);
        Assert.Contains("expected at least one sample for each of 121 folds, found 120", Refused(2, [.. train, "--folds", "121"]), StringComparison.Ordinal);
        Assert.Contains("cannot go with --from", Refused(2, [.. train, "--folds", "3", "--from", "x"]), StringComparison.Ordinal);
        Assert.Contains("expected a column of people.csv", Refused(2, "train", "--data", "people.csv", "--target", "nothing", "--folds", "3"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["runs"]));
        Directory.CreateDirectory(_folder["there"]);
        Assert.Contains("there exists already", Refused(2, [.. train, "--folds", "3", "--out", "there"]), StringComparison.Ordinal);
        Assert.Contains("early-stop is 3, but there are no validation samples", Refused(2, [.. train, "--folds", "3", "--validation", "none", "--early-stop", "3", "--out", "none"]), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["none"]));
    }

    [Fact]
    public void Force_replaces_a_set_or_a_run_and_nothing_else()
    {
        WritePeople();
        string[] train = ["train", "--data", "people.csv", "--target", "income", "--epochs", "2", "--device", "cpu"];
        Run([.. train, "--folds", "3", "--out", "set"]);
        Assert.Contains("replace it with --force", Refused(2, [.. train, "--folds", "2", "--out", "set"]), StringComparison.Ordinal);

        // What is wrong with the new set is said while the old one is whole.
        Assert.Contains("expected a column of people.csv", Refused(2, "train", "--data", "people.csv", "--target", "nothing", "--folds", "2", "--out", "set", "--force"), StringComparison.Ordinal);
        File.WriteAllText(_folder["set/fold-3/notes.txt"], "mine");
        Assert.Contains("found set/fold-3/notes.txt: move it away", Refused(2, [.. train, "--seeds", "2", "--out", "set", "--force"]), StringComparison.Ordinal);
        using (new FileStream(_folder["set/fold-1/.lock"], FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            File.Move(_folder["set/fold-3/notes.txt"], _folder["set/notes.txt"]);
            Assert.Contains("set/fold-1 is in use", Refused(2, [.. train, "--seeds", "2", "--out", "set", "--force"]), StringComparison.Ordinal);
        }

        // What a damaged file stands for is not known, so nothing of it is removed.
        var whole = File.ReadAllText(_folder["set/set.json"]);
        File.WriteAllText(_folder["set/set.json"], whole[..(whole.Length / 2)]);
        Assert.Contains("set/set.json: expected what runs belong to the set, found a file that is damaged", Refused(7, [.. train, "--seeds", "2", "--out", "set", "--force"]), StringComparison.Ordinal);
        File.WriteAllText(_folder["set/set.json"], whole);
        Assert.Equal(["fold-1", "fold-2", "fold-3"], Directory.GetDirectories(_folder["set"]).Select(Path.GetFileName).Order());
        Run([.. train, "--seeds", "2", "--out", "set", "--force"]);
        Assert.Equal(["seed-42", "seed-43"], Directory.GetDirectories(_folder["set"]).Select(Path.GetFileName).Order());
        Assert.Equal(["notes.txt", "results.json", "set.json"], Directory.GetFiles(_folder["set"]).Select(Path.GetFileName).Where(name => name != ".lock").Order());

        // The run that stood there before has the same name, and is not gone on with.
        Run([.. train.Select(word => word == "2" ? "3" : word), "--seeds", "2", "--out", "set", "--force"]);
        Assert.Equal(4, File.ReadAllLines(_folder["set/seed-43/metrics.csv"]).Length);
        Run([.. train, "--out", "lone"]);
        Run([.. train, "--seeds", "2", "--out", "lone", "--force"]);
        Assert.Equal([".lock", "results.json", "seed-42", "seed-43", "set.json"], Directory.GetFileSystemEntries(_folder["lone"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Directory.CreateDirectory(_folder["foreign"]);
        File.WriteAllText(_folder["foreign/thesis.txt"], "mine");
        Assert.Contains("found foreign with other files in it", Refused(2, [.. train, "--folds", "2", "--out", "foreign", "--force"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_that_learned_a_quantity_are_listed_best_first()
    {
        WritePeople();
        Run("train", "--data", "people.csv", "--target", "pay", "--epochs", "2", "--device", "cpu", "--folds", "3", "--out", "set");
        Run("train", "--data", "people.csv", "--target", "pay", "--epochs", "9", "--device", "cpu", "--lr", "0.01", "--out", "lone");
        var errors = Run("runs", ".", "--json").Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("rmse").GetDouble()).ToList();
        Assert.Equal(4, errors.Count);
        Assert.Equal(errors.Order(), errors);
    }

    private string StopOthers()
    {
        using var held = new FileStream(_folder["set/.lock"], FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        return Refused(2, "train", "--resume", "set");
    }

    private string Scores(string set)
    {
        using var results = JsonDocument.Parse(File.ReadAllBytes(_folder[$"{set}/results.json"]));
        return results.RootElement.GetProperty("mean").ToString() + results.RootElement.GetProperty("deviation").ToString();
    }

    private void WritePeople() => File.WriteAllText(_folder["people.csv"], "age,job,pay,income\n" + string.Concat(Enumerable.Range(0, 120).Select(row =>
        $"{(row % 9 == 0 ? "?" : $"{20 + (row * 7 % 41)}.5")},{(row % 3 == 0 ? "smith" : "cook")},{row * 13 % 50},{(row * 13 % 50 < 25 ? "low" : "high")}\n")));

    private string Refused(int code, params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == code, result.Error);
        return result.ErrorLines[^1];
    }

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }
}
