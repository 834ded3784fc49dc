using System.Diagnostics;

namespace Gpu.Host.Tests;

/// <summary>A run that cannot fit is refused before it takes anything, and told what would fit.</summary>
public sealed class MemoryTests : IDisposable
{
    private const long Giga = 1_000_000_000;

    /// <summary>Weights of 7.4 GB.</summary>
    private const string Huge = "--hidden 40000,46000";

    private readonly TestFolder _folder = new();

    public MemoryTests() => TinyData.WriteIdx(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_network_that_cannot_fit_is_refused_and_nothing_is_taken()
    {
        // With momentum it takes 45 GB.
        Assert.SkipWhen(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 45 * Giga, "This machine has as much memory as the network takes.");
        AssertRefused([], $"{Huge} --momentum 0.9", "weights 7.4 GB, gradients 7.4 GB, velocity 7.4 GB", "--hidden ");
    }

    [Theory]
    [InlineData(Huge, "weights 7.4 GB", "--hidden ")]
    [InlineData("--hidden 1000000,4000", "has more", "choose smaller layers")]
    public void The_limit_of_a_container_counts(string settings, string needed, string advice) =>
        AssertRefused([("DOTNET_GCHeapHardLimit", "0x10000000")], settings, needed, advice);

    private void AssertRefused((string, string)[] environment, string settings, string needed, string advice)
    {
        using var process = GpuProcess.Start(
            _folder.Path, environment, ["train", "--data", "tiny", "--device", "cpu", "--out", "run", "--quiet", .. settings.Split(' ')]);
        var peak = 0L;
        while (!process.WaitForExit(5) && peak < 4 * Giga)
        {
            peak = Math.Max(peak, PeakOf(process));
        }

        Assert.InRange(peak, 0, Giga / 2);
        var result = GpuProcess.Finish(process);
        Assert.True(result.ExitCode == 5, $"exit code {result.ExitCode}: {result.Error}");
        var sentence = Assert.Single(result.ErrorLines);
        Assert.Contains(needed, sentence, StringComparison.Ordinal);
        Assert.Contains(advice, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Contents, entry => entry.StartsWith("run", StringComparison.Ordinal));
    }

    /// <summary>The most that was resident; 0 where the process has just ended.</summary>
    private static long PeakOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }
}
