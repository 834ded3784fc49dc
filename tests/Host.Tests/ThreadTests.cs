using Gpu.Host.Devices;

namespace Gpu.Host.Tests;

/// <summary>The number of threads belongs to the machine that a run is on.</summary>
public sealed class ThreadTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_number_that_was_not_given_is_not_stored_and_one_that_was_is()
    {
        var settings = $"--data {TinyData.WriteIdx(_folder)} --hidden 4 --epochs 1 --device cpu ";
        TrainingRuns.Begin(_folder["free"], settings);
        Assert.DoesNotContain("threads", File.ReadAllText(_folder["free/recipe.json"]), StringComparison.Ordinal);
        TrainingRuns.Begin(_folder["given"], settings + "--threads 64");
        Assert.Contains("\"threads\": 64", File.ReadAllText(_folder["given/recipe.json"]), StringComparison.Ordinal);
        TrainingRuns.Resume(_folder["given"], "--epochs 2 --threads 0");
        Assert.DoesNotContain("threads", File.ReadAllText(_folder["given/recipe.json"]), StringComparison.Ordinal);
    }

    /// <summary>The variable stands for an affinity or a quota, of which .NET takes the least.</summary>
    [Theory]
    [InlineData("1", "threads: 1 instead of 64, because this process may use 1 core; the results are the same")]
    [InlineData("3", "threads: 3 instead of 64, because this process may use 3 cores; the results are the same")]
    public void No_more_threads_are_started_than_there_are_cores_to_use(string cores, string expected)
    {
        TinyData.WriteIdx(_folder);
        (string, string)[] environment = [("DOTNET_PROCESSOR_COUNT", cores)];
        string[] train = ["train", "--data", "tiny", "--hidden", "4", "--epochs", "1", "--device", "cpu", "--threads", "64", "--out", "run", "--verbosity", "detailed"];
        var result = GpuProcess.Run(_folder.Path, environment, train);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains(expected, result.ErrorLines);
        Assert.Contains(result.ErrorLines, line => line.StartsWith("processor: ", StringComparison.Ordinal) && line.EndsWith($", {cores} threads", StringComparison.Ordinal));
        Assert.Contains(expected, GpuProcess.Run(_folder.Path, environment, "eval", "run", "--data", "tiny", "--threads", "64", "--device", "cpu").ErrorLines);
    }

    [Fact]
    public void What_fits_is_taken_as_it_is()
    {
        Assert.Equal((0, null), (ThreadLimit.Of(0), ThreadLimit.Notice(0)));
        Assert.Equal((ThreadLimit.Cores, null), (ThreadLimit.Of(ThreadLimit.Cores), ThreadLimit.Notice(ThreadLimit.Cores)));
        Assert.Equal(ThreadLimit.Cores, ThreadLimit.Of(1024));
    }
}
