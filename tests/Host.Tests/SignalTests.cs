using System.Diagnostics;
using Gpu.Host.CommandLine;

namespace Gpu.Host.Tests;

/// <summary>What signals do to a run, and what a run that was killed holds.</summary>
public sealed class SignalTests : IDisposable
{
    private const int Epochs = 500;
    private readonly TestFolder _folder = new();

    public SignalTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by the kill command.");
        TinyData.WriteIdx(_folder);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("HUP", 129)]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_ends_the_run_and_the_command_it_prints_goes_on_as_if_there_had_been_none(string signal, int exitCode)
    {
        using var process = GpuProcess.Start(_folder.Path, [.. Tiny("my run"), "--json", "--checkpoint-every", "5steps"]);
        Wait(process, epochs: 2);
        GpuProcess.Signal(process, signal);
        var result = GpuProcess.Finish(process);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.StartsWith("""{"event":"stopped","epochs":""", result.Lines[^1], StringComparison.Ordinal);
        Assert.Contains(result.ErrorLines, line => line.StartsWith("stopping after this step", StringComparison.Ordinal));
        Assert.Equal("to go on: gpu train --resume 'my run' --checkpoint-every 5steps", result.ErrorLines[^1]);
        Assert.Equal(0, GpuProcess.Run(_folder.Path, "eval", "my run", "--data", "tiny").ExitCode);

        var resumed = GpuProcess.Run(_folder.Path, "train", "--resume", "my run", "--checkpoint-every", "5steps", "--json");
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.StartsWith($$"""{"event":"finished","epochs":{{Epochs}},""", resumed.Lines[^1], StringComparison.Ordinal);
        AssertWhole("my run");
    }

    /// <summary>As nohup starts a program.</summary>
    [Fact]
    public void A_run_that_is_to_outlive_its_terminal_does()
    {
        using var process = GpuProcess.StartShell(_folder.Path, "trap '' HUP; exec \"$@\"", [.. Tiny("run"), "--json"]);
        Wait(process, epochs: 2);
        GpuProcess.Signal(process, "HUP");
        var result = GpuProcess.Finish(process);
        Assert.True(result.ExitCode == 0, result.Error);
        AssertWhole("run");
    }

    [Fact]
    public void A_second_signal_ends_the_program_at_once()
    {
        using var process = GpuProcess.Start(_folder.Path, "train", "--data", "digits", "--out", "run", "--epochs", "1000");
        WaitForPartial();
        GpuProcess.Signal(process, "INT");
        while (process.StandardError.ReadLine() is { } line && !line.StartsWith("stopping", StringComparison.Ordinal))
        {
        }

        GpuProcess.Signal(process, "INT");
        var result = GpuProcess.Finish(process);
        Assert.Equal(130, result.ExitCode);
        Assert.DoesNotContain("to go on", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    /// <summary>Nobody reads standard error any more: writing to it never ends.</summary>
    [Fact]
    public void A_line_that_cannot_be_written_does_not_keep_the_run_from_stopping()
    {
        using var never = new ManualResetEventSlim();
        using var stop = new StopSignal(_ => never.Wait());
        Assert.True(stop.Take(ExitCodes.Terminated));
        Assert.True(stop.Token.IsCancellationRequested);
        Assert.False(stop.Take(ExitCodes.Interrupted));
        Assert.Equal(ExitCodes.Terminated, stop.ExitCode);
        never.Set();
    }

    [Fact]
    public void A_signal_while_data_is_loaded_leaves_nothing_behind()
    {
        var before = _folder.Contents;
        using var process = GpuProcess.Start(_folder.Path, "train", "--data", "digits", "--out", "run", "--epochs", "1000");
        WaitForPartial();
        GpuProcess.Signal(process, "TERM");
        var result = GpuProcess.Finish(process);
        Assert.Equal(143, result.ExitCode);
        Assert.Empty(result.Lines);
        Assert.Equal(before, _folder.Contents);
    }

    [Fact]
    public void A_run_is_refused_to_a_second_process_until_the_first_is_killed_and_then_goes_on()
    {
        using var process = GpuProcess.Start(_folder.Path, [.. Tiny("run"), "--json"]);
        Wait(process, epochs: 1);

        // Held still: it must not end by itself before the others have started.
        GpuProcess.Signal(process, "STOP");
        Refused("train", "--resume", "run");
        Refused([.. Tiny("run"), "--force"]);
        GpuProcess.Signal(process, "KILL");
        Assert.Equal(137, GpuProcess.Finish(process).ExitCode);
        Assert.False(File.Exists(_folder["run/model.safetensors"]));
        var eval = GpuProcess.Run(_folder.Path, "eval", "run", "--data", "tiny");
        Assert.Equal(0, eval.ExitCode);
        Assert.Contains("last.safetensors", eval.Error, StringComparison.Ordinal);
        var resumed = GpuProcess.Run(_folder.Path, "train", "--resume", "run", "--quiet");
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        AssertWhole("run");
    }

    [Fact]
    public void A_folder_that_vanishes_under_a_run_is_one_sentence()
    {
        using var process = GpuProcess.Start(_folder.Path, [.. Tiny("run"), "--json", "--quiet"]);
        Wait(process, epochs: 1);
        Directory.Move(_folder["run"], _folder["moved"]);
        var result = GpuProcess.Finish(process);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("cannot be written", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(0, GpuProcess.Run(_folder.Path, "train", "--resume", "moved", "--quiet").ExitCode);
        AssertWhole("moved");
    }

    private void Refused(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("in use by another process", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    /// <summary>Whether a run has the model of one that never stopped, and a row for each epoch.</summary>
    private void AssertWhole(string run)
    {
        Assert.Equal(0, GpuProcess.Run(_folder.Path, [.. Tiny("whole"), "--quiet"]).ExitCode);
        Assert.Equal(File.ReadAllBytes(_folder["whole/model.safetensors"]), File.ReadAllBytes(_folder[$"{run}/model.safetensors"]));
        Assert.Equal(
            Enumerable.Range(1, Epochs).Select(epoch => $"{epoch}"),
            File.ReadLines(_folder[$"{run}/metrics.csv"]).Skip(1).Select(row => row.Split(',')[0]));
    }

    /// <summary>Waits for the lines of epochs on standard output; the first is that of the start.</summary>
    private static void Wait(Process process, int epochs)
    {
        for (var line = 0; line <= epochs; line++)
        {
            Assert.NotNull(process.StandardOutput.ReadLine());
        }
    }

    /// <summary>Waits for the hidden folder of a run, which is made before data is loaded.</summary>
    private void WaitForPartial()
    {
        var limit = Stopwatch.StartNew();
        while (!Directory.EnumerateDirectories(_folder.Path, ".run.partial-*").Any())
        {
            Assert.True(limit.Elapsed < TimeSpan.FromMinutes(1), "The run did not begin.");
            Thread.Sleep(5);
        }
    }

    private static string[] Tiny(string run) =>
    [
        "train", "--data", "tiny", "--hidden", "8", "--batch-size", "8", "--lr", "0.1", "--momentum", "0.5", "--seed", "7", "--threads", "1",
        "--device", "cpu", "--epochs", $"{Epochs}", "--out", run,
    ];
}
