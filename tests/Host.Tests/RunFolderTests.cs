using Gpu.Host.Runs;
using Gpu.Training;

namespace Gpu.Host.Tests;

public sealed class RunFolderTests : IDisposable
{
    private static readonly DateTime _now = new(2026, 3, 4, 5, 6, 7, DateTimeKind.Local);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_has_the_final_name_before_the_run_is_complete()
    {
        using var run = RunFolder.Prepare(_folder["run"], force: false, _now);
        File.WriteAllText(run.Temporary("model"), "half");
        Assert.False(Directory.Exists(_folder["run"]));
        run.Commit();
        Assert.Equal(["run", Path.Combine("run", "model")], _folder.Contents);
        Assert.Equal(_folder["run"], run.Path);
    }

    [Fact]
    public void A_run_that_fails_leaves_nothing_behind()
    {
        using (var run = RunFolder.Prepare(_folder["a/b/run"], force: false, _now))
        {
            File.WriteAllText(run.Temporary("model"), "half");
        }

        Assert.Empty(_folder.Contents);
    }

    [Fact]
    public void A_folder_that_exists_is_refused()
    {
        Directory.CreateDirectory(_folder["run"]);
        var error = Assert.Throws<TrainingException>(() => RunFolder.Prepare(_folder["run"], force: false, _now));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("--force", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Force_replaces_the_files_of_the_run_and_no_others()
    {
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllText(_folder["run/model"], "old");
        File.WriteAllText(_folder["run/mine"], "kept");
        using (var run = RunFolder.Prepare(_folder["run"], force: true, _now))
        {
            File.WriteAllText(run.Temporary("model"), "new");
            Assert.Equal("old", File.ReadAllText(_folder["run/model"]));
            run.Commit();
        }

        Assert.Equal(["run", Path.Combine("run", "mine"), Path.Combine("run", "model")], _folder.Contents);
        Assert.Equal("new", File.ReadAllText(_folder["run/model"]));
        Assert.Equal("kept", File.ReadAllText(_folder["run/mine"]));
    }

    [Fact]
    public void A_name_taken_meanwhile_does_not_lose_the_run()
    {
        using var run = RunFolder.Prepare(_folder["run"], force: false, _now);
        Directory.CreateDirectory(_folder["run"]);
        run.Commit();
        Assert.Equal(_folder["run-2"], run.Path);
        Assert.True(Directory.Exists(_folder["run-2"]));
    }

    [Theory]
    [InlineData("file/run")]
    [InlineData("file")]
    [InlineData("")]
    public void What_cannot_be_written_is_refused_before_the_run(string name)
    {
        File.WriteAllText(_folder["file"], "a file");
        var asked = name.Length == 0 ? "" : _folder[name];
        var error = Assert.Throws<TrainingException>(() => RunFolder.Prepare(asked, force: false, _now));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Equal(["file"], _folder.Contents);
    }
}
