namespace Gpu.Trust.Tests;

/// <summary>Disks that are full, read-only, or gone.</summary>
public sealed class DiskTests : IDisposable
{
    private const string NoDisk = "a disk in memory needs Linux and root";
    private readonly TestFolder _folder = new();

    public DiskTests() => TinyData.WriteIdx(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_disk_that_fills_up_ends_the_run_with_its_last_checkpoint_whole()
    {
        const string promise = "the disk fills up while a run writes to it: code 1, one sentence, the last checkpoint whole, it goes on";
        TrainingRuns.Begin(_folder["whole"], string.Join(' ', Settings()));
        Promise.Keep(promise, Promise.Cases(1, 25), number =>
        {
            using var disk = Make(promise, 400_000);
            using var process = GpuProcess.Start(_folder.Path, ["train", .. Settings(), "--out", "disk/run", "--json", "--quiet", "--checkpoint-every", "2steps"]);
            for (var line = 0; line <= 1 + number; line++)
            {
                Assert.NotNull(process.StandardOutput.ReadLine());
            }

            disk.Fill();
            var result = GpuProcess.Finish(process);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains("make room", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
            RunFiles.RequireWhole(_folder["disk/run"]);
            disk.Free();
            TrainingRuns.Resume(_folder["disk/run"], every: "2steps");
            RunFiles.RequireSame(_folder["whole"], _folder["disk/run"]);
        });
    }

    [Fact]
    public void A_disk_that_fills_up_under_standard_output_keeps_no_run_from_its_end()
    {
        const string promise = "the disk of standard output fills up: the run comes to its end, code 1, the stream named, no epoch lost";
        TrainingRuns.Begin(_folder["whole"], string.Join(' ', Settings(200)));
        Promise.Keep(promise, Promise.Cases(1, 10), number =>
        {
            // The table of 200 epochs has 13 kB, as JSON 60.
            using var disk = Make(promise, 4096 * (1 + (number % 3)));
            string[] command = ["train", .. Settings(200), "--out", $"run{number}", .. number % 2 == 0 ? ["--json"] : Array.Empty<string>()];
            var result = GpuProcess.RunRedirected(_folder.Path, ">disk/log", command);
            Assert.True(result.ExitCode == 1, $"exit code {result.ExitCode}: {result.Error}");
            Assert.Contains("Standard output could not be written", result.ErrorLines[^1], StringComparison.Ordinal);
            RunFiles.RequireWhole(_folder[$"run{number}"]);
            RunFiles.RequireSame(_folder["whole"], _folder[$"run{number}"]);
        });
    }

    [Fact]
    public void A_disk_that_is_too_small_is_found_before_the_first_epoch()
    {
        const string promise = "a disk too small for the run: code 1, one sentence, before the first epoch, nothing left behind";
        Promise.Keep(promise, Promise.Cases(1, 30), number =>
        {
            using var disk = Make(promise, 4096 * (1 + number));
            var result = GpuProcess.Run(_folder.Path, ["train", .. Settings(hidden: 2000), "--out", "disk/run", "--json", "--quiet"]);
            Assert.True(result.ExitCode == 1, $"exit code {result.ExitCode}: {result.Error}");
            Assert.Contains("make room", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
            Assert.Empty(result.Lines);
            Assert.Empty(Directory.GetFileSystemEntries(_folder["disk"]));
        });
    }

    [Fact]
    public void A_disk_that_can_only_be_read_is_found_before_the_first_epoch()
    {
        const string promise = "a folder that can only be read: code 2, one sentence, before the first epoch";
        string[][] commands =
        [
            ["train", .. Settings(), "--out", "disk/new", "--json", "--quiet"],
            ["train", .. Settings(), "--out", "disk/run", "--json", "--quiet", "--force"],
            ["train", "--resume", "disk/run", "--epochs", "50", "--json", "--quiet"],
        ];
        using var disk = Make(promise, 400_000);
        TrainingRuns.Begin(_folder["disk/run"], string.Join(' ', Settings(2)));
        disk.MakeReadOnly();
        Promise.Keep(promise, commands.Length, number =>
        {
            var result = GpuProcess.Run(_folder.Path, commands[number]);
            Assert.True(result.ExitCode == 2, $"exit code {result.ExitCode}: {result.Error}");
            Assert.Contains("run folder disk/", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
            Assert.Empty(result.Lines);
        });
    }

    [Fact]
    public void A_folder_that_vanishes_ends_the_run()
    {
        const string promise = "the folder of a run vanishes: code 1, one sentence";
        Promise.Keep(promise, Promise.Cases(1, 20), number =>
        {
            using var process = GpuProcess.Start(_folder.Path, ["train", .. Settings(100_000), "--out", "run", "--json", "--quiet"]);
            for (var line = 0; line <= 1 + number; line++)
            {
                Assert.NotNull(process.StandardOutput.ReadLine());
            }

            // Moved first: what is being removed cannot be removed whole while it is written to.
            Directory.Move(_folder["run"], _folder["gone"]);
            var result = GpuProcess.Finish(process);
            Directory.Delete(_folder["gone"], recursive: true);
            Assert.Equal(1, result.ExitCode);
            Assert.Single(result.ErrorLines);
            Assert.False(Directory.Exists(_folder["run"]));
        });
    }

    private string[] Settings(int epochs = 40, int hidden = 100) =>
        ["--data", _folder["tiny"], "--hidden", $"{hidden}", "--batch-size", "8", "--momentum", "0.5", "--threads", "1", "--device", "cpu", "--epochs", $"{epochs}"];

    private SmallDisk Make(string promise, int bytes)
    {
        if (SmallDisk.TryMake(_folder["disk"], bytes) is { } disk)
        {
            return disk;
        }

        Promise.ReportNotTried(promise, NoDisk);
        Assert.Skip(NoDisk);
        return null!;
    }
}
