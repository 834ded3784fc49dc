namespace Gpu.Trust.Tests;

/// <summary>Two processes that want one run.</summary>
public sealed class LockTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public LockTests() => TinyData.WriteIdx(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_two_that_begin_a_run_one_wins()
    {
        const string promise = "two processes begin one run: one trains, the other is refused with code 2";
        Promise.Keep(promise, Promise.Cases(1, 25), number => Race(["train", "--data", "tiny", "--hidden", "8", "--epochs", "20", "--device", "cpu", "--out", $"run{number}", "--quiet"]));
    }

    [Fact]
    public void Of_two_that_go_on_with_a_run_one_wins()
    {
        const string promise = "two processes go on with one run: one trains, the other is refused with code 2, or finds it finished";
        Assert.Equal(0, GpuProcess.Run(_folder.Path, "train", "--data", "tiny", "--hidden", "8", "--epochs", "1", "--device", "cpu", "--out", "run", "--quiet").ExitCode);
        Promise.Keep(promise, Promise.Cases(1, 25), number => Race(["train", "--resume", "run", "--epochs", $"{20 * (number + 1)}", "--quiet"], mayBothEnd: true));
    }

    private void Race(string[] arguments, bool mayBothEnd = false)
    {
        using var first = GpuProcess.Start(_folder.Path, arguments);
        using var second = GpuProcess.Start(_folder.Path, arguments);
        GpuResult[] results = [GpuProcess.Finish(first), GpuProcess.Finish(second)];
        Assert.Contains(results, result => result.ExitCode == 0);
        foreach (var loser in results.Where(result => result.ExitCode != 0))
        {
            Assert.Equal(2, loser.ExitCode);
            Assert.Single(loser.ErrorLines);
        }

        Assert.True(mayBothEnd || results.Any(result => result.ExitCode == 2), "both trained");
        RunFiles.RequireWhole(_folder[arguments.Contains("--resume") ? "run" : arguments[^2]]);
    }
}
