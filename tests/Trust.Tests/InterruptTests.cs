namespace Gpu.Trust.Tests;

/// <summary>Runs that are killed, or asked to stop, at random moments.</summary>
public class InterruptTests
{
    private static readonly (string Name, int ExitCode)[] _signals = [("INT", 130), ("TERM", 143), ("HUP", 129)];
    private static readonly TimeSpan _longestStop = TimeSpan.FromSeconds(5);

    public InterruptTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by the kill command.");

    [Theory]
    [OnOpenCl]
    [InlineData(Devices.Cpu, 5, 200)]
    [InlineData(Devices.OpenCl, 1, 30)]
    public void A_killed_run_goes_on(string device, int quick, int all)
    {
        var promise = $"kill -9 at a random moment: every visible file loads, the run goes on, the result is the same ({device})";
        using var run = new RunUnderFire(Devices.Require(promise, device));
        Promise.Keep(promise, Promise.Cases(quick, all), number =>
        {
            run.Interrupt("KILL", 137);
            if (number == Promise.Cases(quick, all) - 1)
            {
                run.End();
                Assert.True(!Promise.IsLong || run.WithinWrites > 0, "no kill came while a checkpoint was being written");
            }
        });
        Promise.Note($"  of these kills, those that came while a checkpoint was being written ({device}): {run.WithinWrites}");
    }

    [Theory]
    [InlineData("resident", 2, 60)]
    [InlineData("streamed", 2, 60)]
    public void A_killed_run_goes_on_with_all_that_it_carries(string mode, int quick, int all)
    {
        var promise = $"the same with convolutions, batch norm, dropout, adam, one-cycle, moving average, early stopping, accumulation and augmentation ({mode})";
        using var run = new RunUnderFire(
            Devices.Require(promise, Devices.Cpu), "--layers", "conv 5x5x4 relu, batch-norm, max-pool 4, dense 16 relu, dropout 0.3", "--optimizer", "adam",
            "--lr-schedule", "one-cycle", "--ema", "0.95", "--early-stop", "4", "--validation", "0.2", "--batch-size", "20", "--accumulate", "2",
            "--augment", "shift:2,rotate:10,elastic:36/5.5,noise:0.05", "--data-mode", mode, "--epochs", "8");
        Promise.Keep(promise, Promise.Cases(quick, all), number =>
        {
            run.Interrupt("KILL", 137);
            if (number == Promise.Cases(quick, all) - 1)
            {
                run.End();
            }
        });
    }

    [Theory]
    [OnOpenCl]
    [InlineData(Devices.Cpu, 2, 40)]
    [InlineData(Devices.OpenCl, 1, 10)]
    public void A_stopped_run_goes_on(string device, int quick, int all)
    {
        var promise = $"SIGINT, SIGTERM and SIGHUP at a random moment: ended within 5 s, 130, 143 or 129, the result is the same ({device})";
        using var run = new RunUnderFire(Devices.Require(promise, device));
        Promise.Keep(promise, Promise.Cases(quick, all), number =>
        {
            var (signal, exitCode) = _signals[number % _signals.Length];
            run.Interrupt(signal, exitCode);
            if (number == Promise.Cases(quick, all) - 1)
            {
                run.End();
                RequireSoon(run.Longest);
            }
        });
    }

    /// <summary>The network whose steps take longest, with momentum: its checkpoint has 96 MB.</summary>
    [Theory]
    [OnOpenCl]
    [InlineData(Devices.Cpu, 1, 4)]
    [InlineData(Devices.OpenCl, 1, 2)]
    public void The_largest_network_stops_in_time(string device, int quick, int all)
    {
        var promise = $"SIGTERM in network E: ended within 5 s, its checkpoint written ({device})";
        var id = Devices.Require(promise, device);
        using var folder = new TestFolder();
        TrustData.Write(folder["data"]);
        Promise.Keep(promise, Promise.Cases(quick, all), number =>
        {
            using var process = GpuProcess.Start(folder.Path,
                "train", "--data", "data", "--hidden", "2500,2000,1500,1000,500", "--activation", "scaled-tanh", "--batch-size", "128", "--momentum", "0.9",
                "--lr", "0.001", "--epochs", "1000", "--device", id, "--json", "--out", $"run{number}", "--keep", "0");
            Assert.NotNull(process.StandardOutput.ReadLine());
            Thread.Sleep(500 * number);
            var sent = System.Diagnostics.Stopwatch.GetTimestamp();
            GpuProcess.Signal(process, "TERM");
            var result = GpuProcess.Finish(process);
            Assert.Equal(143, result.ExitCode);
            RequireSoon(System.Diagnostics.Stopwatch.GetElapsedTime(sent));
            RunFiles.RequireWhole(folder[$"run{number}"]);
            Directory.Delete(folder[$"run{number}"], recursive: true);
        });
    }

    [Theory]
    [OnOpenCl]
    [InlineData(Devices.Cpu, 1, 10)]
    [InlineData(Devices.OpenCl, 1, 3)]
    public void A_second_signal_ends_the_run_at_once(string device, int quick, int all)
    {
        var promise = $"a second signal: ended at once, by it, and the run goes on from its last checkpoint ({device})";
        var id = Devices.Require(promise, device);
        using var folder = new TestFolder();
        TrustData.Write(folder["data"]);
        Promise.Keep(promise, Promise.Cases(quick, all), number =>
        {
            // Steps long enough for the second signal to come before the end of the first's.
            using var process = GpuProcess.Start(folder.Path,
                "train", "--data", "data", "--hidden", "2500,2000,1500,1000", "--batch-size", "1000", "--momentum", "0.9", "--lr", "0.001", "--epochs", "1000",
                "--device", id, "--json", "--out", $"run{number}", "--keep", "0");
            Assert.NotNull(process.StandardOutput.ReadLine());
            Thread.Sleep(50 * number);
            var (first, second) = number % 2 == 0 ? ("INT", "TERM") : ("TERM", "INT");
            GpuProcess.Signal(process, first);
            while (process.StandardError.ReadLine() is { } line && !line.StartsWith("stopping", StringComparison.Ordinal))
            {
            }

            GpuProcess.Signal(process, second);
            var result = GpuProcess.Finish(process);
            Assert.Equal(second == "INT" ? 130 : 143, result.ExitCode);
            Assert.DoesNotContain("to go on", result.Error, StringComparison.Ordinal);
            RunFiles.RequireWhole(folder[$"run{number}"]);
            Directory.Delete(folder[$"run{number}"], recursive: true);
        });
    }

    /// <summary>A run takes the place of another one: whenever that is interrupted, the folder holds the one or the other.</summary>
    [Fact]
    public void A_run_that_is_replaced_is_the_old_one_or_the_new()
    {
        const string promise = "kill -9 while --force replaces a run: the folder holds the old run or the new one, and goes on";
        using var folder = new TestFolder();
        TrustData.Write(folder["data"]);
        byte[] Train(string run, int seed) => TrainQuickly(folder, run, seed);
        var models = new[] { Train("one", 1), Train("two", 2) };
        Train("run", 1);
        var random = new System.Random(2);
        Promise.Keep(promise, Promise.Cases(2, 40), number =>
        {
            using var process = GpuProcess.Start(folder.Path, [.. Quick(folder, number % 2 == 0 ? 2 : 1), "--out", "run", "--force", "--json", "--quiet"]);

            // From the start of the program, or from when the new run is being made within the old one's folder.
            while (number % 4 > 0 && !process.HasExited && Directory.GetDirectories(folder["run"], ".partial-*").Length == 0)
            {
                Thread.Sleep(1);
            }

            Thread.Sleep(random.Next(number % 4 > 0 ? 200 : 600));
            GpuProcess.Signal(process, "KILL");
            GpuProcess.Finish(process);
            Assert.True(File.Exists(folder["run/metrics.csv"]), "the table of metrics is gone");
            TrainingRuns.Resume(folder["run"]);
            RunFiles.RequireWhole(folder["run"]);
            var model = File.ReadAllBytes(folder["run/model.safetensors"]);
            Assert.Contains(models, known => known.AsSpan().SequenceEqual(model));
        });
    }

    private static byte[] TrainQuickly(TestFolder folder, string run, int seed)
    {
        var result = GpuProcess.Run(folder.Path, [.. Quick(folder, seed), "--out", run, "--quiet"]);
        Assert.True(result.ExitCode == 0, result.Error);
        return File.ReadAllBytes(folder[$"{run}/model.safetensors"]);
    }

    private static string[] Quick(TestFolder folder, int seed) =>
        ["train", "--data", folder["data"], "--hidden", "16", "--epochs", "3", "--threads", "1", "--device", "cpu", "--seed", $"{seed}"];

    /// <summary>The quick form runs beside other tests on machines of any kind, and asserts nothing on time.</summary>
    private static void RequireSoon(TimeSpan took) =>
        Assert.True(!Promise.IsLong || took <= _longestStop, $"the process took {took.TotalSeconds:F1} s to stop");
}
