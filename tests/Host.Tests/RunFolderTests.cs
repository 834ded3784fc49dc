using Gpu.Host.Runs;
using Gpu.Training;
using Gpu.Training.Recipes;

namespace Gpu.Host.Tests;

public sealed class RunFolderTests : IDisposable
{
    private const string Metrics = "epoch,train_loss,train_accuracy,\n";
    private static readonly DateTime _now = new(2026, 3, 4, 5, 6, 7, DateTimeKind.Local);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_has_the_final_name_before_a_run_can_be_gone_on_with()
    {
        using var run = RunFolder.Create(_folder["run"], force: false, _now);
        Fill(run, "first");
        Assert.False(Directory.Exists(_folder["run"]));
        run.Publish();
        Assert.Equal("first", Text("checkpoints/last.safetensors"));
        Assert.Equal(["run"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
        Assert.Equal(Path.Combine(_folder["run"], "x"), run["x"]);
    }

    [Fact]
    public void A_run_that_does_not_begin_leaves_nothing_behind()
    {
        using (var run = RunFolder.Create(_folder["a/b/run"], force: false, _now))
        {
            Fill(run, "first");
        }

        Assert.Empty(_folder.Contents);
    }

    [Fact]
    public void A_folder_that_exists_is_refused()
    {
        Directory.CreateDirectory(_folder["run"]);
        var error = Assert.Throws<TrainingException>(() => RunFolder.Create(_folder["run"], force: false, _now));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("--force", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Force_replaces_the_files_of_the_run_and_no_others()
    {
        foreach (var name in new[] { "model.safetensors", "mine", "checkpoints/last.safetensors", "checkpoints/best.safetensors",
            "checkpoints/step-00000009.safetensors", "checkpoints/step-mine.safetensors", "checkpoints/last.safetensors.7.tmp", "model.safetensors.7.tmp" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[$"run/{name}"])!);
            File.WriteAllText(_folder[$"run/{name}"], "old");
        }

        RecipeFile.Save(_folder["run/recipe.json"], Recipe.Default);
        using (var run = RunFolder.Create(_folder["run"], force: true, _now))
        {
            Fill(run, "new");
            Assert.Equal("old", Text("checkpoints/last.safetensors"));
            run.Publish();
            Assert.Equal(Metrics + "new", Text("metrics.csv"));
        }

        Assert.Equal("new", Text("checkpoints/last.safetensors"));
        Assert.Equal("old", Text("mine"));
        Assert.Equal(
            [".lock", "checkpoints", "checkpoints/last.safetensors", "checkpoints/step-mine.safetensors", "metrics.csv", "mine", "recipe.json"],
            _folder.Contents.Where(name => name.StartsWith("run/", StringComparison.Ordinal)).Select(name => name[4..]).Order(StringComparer.Ordinal));
    }

    /// <summary>A folder in the place of the last checkpoint stands for a process that is killed there.</summary>
    [Fact]
    public void The_table_of_a_run_stays_until_the_run_in_its_place_has_begun()
    {
        Directory.CreateDirectory(_folder["run/checkpoints/last.safetensors"]);
        File.WriteAllText(_folder["run/metrics.csv"], Metrics);
        RecipeFile.Save(_folder["run/recipe.json"], Recipe.Default);
        using (var run = RunFolder.Create(_folder["run"], force: true, _now))
        {
            Fill(run, "new");
            Assert.Throws<TrainingException>(run.Publish);
        }

        Assert.Equal(Metrics, Text("metrics.csv"));
    }

    [Fact]
    public void Of_two_runs_that_want_a_name_one_gets_it()
    {
        using var run = RunFolder.Create(_folder["run"], force: false, _now);
        Fill(run, "mine");
        Directory.CreateDirectory(_folder["run/checkpoints"]);
        var error = Assert.Throws<TrainingException>(run.Publish);
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("meanwhile", error.Message, StringComparison.Ordinal);
        Assert.Equal(["run", "run/checkpoints"], _folder.Contents);
    }

    [Fact]
    public void A_run_is_in_the_hands_of_one()
    {
        var run = RunFolder.Create(_folder["run"], force: false, _now);
        Fill(run, "first");
        run.Publish();
        foreach (var second in new Func<RunFolder>[] { () => RunFolder.Open(_folder["run"]), () => RunFolder.Create(_folder["run"], force: true, _now) })
        {
            var error = Assert.Throws<TrainingException>(second);
            Assert.Equal(Failure.Usage, error.Failure);
            Assert.Contains("in use by another process", error.Message, StringComparison.Ordinal);
        }

        run.Dispose();
        RunFolder.Open(_folder["run"]).Dispose();
        Assert.Equal("first", Text("checkpoints/last.safetensors"));
    }

    /// <summary>No process has a number this large.</summary>
    [Theory]
    [InlineData(".run.partial-2147483647", "run")]
    [InlineData("run/.partial-2147483647", "run")]
    [InlineData(".2026-01-02_03-04-05.partial-2147483647", "run")]
    public void What_a_killed_process_left_is_cleared_away(string left, string name)
    {
        left = left.Replace("2147483647", PartialFolders.Maker(int.MaxValue), StringComparison.Ordinal);
        Directory.CreateDirectory(_folder[left + "/checkpoints"]);
        File.WriteAllText(_folder[left + "/recipe.json.77.tmp"], "half");
        if (left.StartsWith(name, StringComparison.Ordinal))
        {
            Directory.CreateDirectory(_folder["run/checkpoints"]);
            File.WriteAllText(_folder["run/recipe.json.77.tmp"], "half");
            File.WriteAllText(_folder["run/notes.tmp"], "mine");
            RunFolder.Open(_folder[name]).Dispose();
            Assert.Equal([".lock", "checkpoints", "notes.tmp"], Directory.GetFileSystemEntries(_folder["run"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
        else
        {
            RunFolder.Create(_folder[name], force: false, _now).Dispose();
            Assert.Empty(_folder.Contents);
        }
    }

    [Fact]
    public void What_others_have_or_still_hold_is_not_cleared_away()
    {
        var gone = PartialFolders.Maker(int.MaxValue);
        Directory.CreateDirectory(_folder[$".mine.partial-{gone}"]);
        File.WriteAllText(_folder[$".mine.partial-{gone}/notes"], "mine");
        Directory.CreateDirectory(_folder[".run.partial-x"]);
        Directory.CreateDirectory(_folder[".run.partial-elsewhere-2147483647"]);
        Directory.CreateDirectory(_folder["target"]);
        Directory.CreateSymbolicLink(_folder[$".linked.partial-{gone}"], _folder["target"]);
        Directory.CreateDirectory(_folder[$".other.partial-{gone}"]);
        using (PartialFolders.TryLock(_folder[$".other.partial-{gone}"]))
        {
            var before = _folder.Contents;
            RunFolder.Create(_folder["run"], force: false, _now).Dispose();
            Assert.Equal(before, _folder.Contents);
        }
    }

    [Fact]
    public void What_another_machine_left_is_cleared_away_after_a_day()
    {
        Directory.CreateDirectory(_folder[".run.partial-elsewhere-7"]);
        Directory.SetLastWriteTimeUtc(_folder[".run.partial-elsewhere-7"], DateTime.UtcNow.AddHours(-25));
        RunFolder.Create(_folder["run"], force: false, _now).Dispose();
        Assert.Empty(_folder.Contents);
    }

    /// <summary>As of two processes in containers of their own, which have one number.</summary>
    [Fact]
    public void A_hidden_folder_of_the_same_number_is_not_removed_by_the_loser()
    {
        var partial = PartialFolders.Mine(_folder.Path, ".run.partial-");
        Directory.CreateDirectory(partial);
        using var held = PartialFolders.TryLock(partial);
        var error = Assert.Throws<TrainingException>(() => RunFolder.Create(_folder["run"], force: false, _now));
        Assert.Contains("in use by another process", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(partial, ".lock")));
    }

    [Theory]
    [InlineData("file/run")]
    [InlineData("file")]
    [InlineData("")]
    public void What_cannot_be_written_is_refused_before_the_run(string name)
    {
        File.WriteAllText(_folder["file"], "a file");
        var asked = name.Length == 0 ? "" : _folder[name];
        var error = Assert.Throws<TrainingException>(() => RunFolder.Create(asked, force: false, _now));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Equal(["file"], _folder.Contents);
    }

    private static void Fill(RunFolder run, string content)
    {
        RecipeFile.Save(run[RunFolder.RecipeName], Recipe.Default);
        File.WriteAllText(run[RunFolder.MetricsName], Metrics + content);
        File.WriteAllText(run["checkpoints/last.safetensors"], content);
    }

    private string Text(string file) => File.ReadAllText(_folder[$"run/{file}"]);
}
