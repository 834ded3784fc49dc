using System.Diagnostics;
using System.Globalization;

namespace Gpu.Trust.Tests;

/// <summary>A run that is interrupted again and again, until it has ended; then the next one begins.</summary>
internal sealed class RunUnderFire : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly System.Random _random = new(1);
    private readonly string _device;
    private readonly string[] _settings;

    /// <summary>Trains the run once without a stop.</summary>
    /// <param name="device">The device.</param>
    /// <param name="settings">Options of the run; a network of one layer with momentum and a schedule where none are given.</param>
    internal RunUnderFire(string device, params string[] settings)
    {
        _device = device;
        _settings = settings.Length > 0 ? settings
            : ["--hidden", "16", "--momentum", "0.9", "--lr", "0.01", "--lr-schedule", "cosine", "--epochs", device == Devices.Cpu ? "20" : "6"];
        TrustData.Write(_folder["data"]);
        var whole = Finish(Begin("whole"));
        Assert.True(whole.ExitCode == 0, whole.Error);
    }

    /// <summary>The longest that a process took from the signal to its end.</summary>
    internal TimeSpan Longest { get; private set; }

    /// <summary>Signals that came while a checkpoint was being written.</summary>
    internal int WithinWrites { get; private set; }

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// Goes on with the run, or begins one, sends the process a signal at a random moment, and judges what it leaves; again, where the run
    /// came to its end before the signal.
    /// </summary>
    internal void Interrupt(string signal, int exitCode)
    {
        while (!TryInterrupt(signal, exitCode))
        {
        }
    }

    /// <summary>The same once; false where the run came to its end before the signal.</summary>
    private bool TryInterrupt(string signal, int exitCode)
    {
        using var process = Start(_folder.Path, Directory.Exists(_folder["run"]) ? Resume("run") : Begin("run"));
        WaitForAMoment(process);
        var sent = Stopwatch.GetTimestamp();
        GpuProcess.Signal(process, signal);
        var result = GpuProcess.Finish(process);
        var took = Stopwatch.GetElapsedTime(sent);
        Longest = took > Longest ? took : Longest;
        Assert.True(result.ExitCode == exitCode || result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
        var checkpoints = _folder["run/checkpoints"];
        WithinWrites += Directory.Exists(checkpoints) && Directory.EnumerateFiles(checkpoints, "*.tmp").Any() ? 1 : 0;
        Judge(hasEnded: result.ExitCode == 0);
        return result.ExitCode == exitCode;
    }

    /// <summary>Lets the run come to its end.</summary>
    internal void End()
    {
        var result = Finish(Directory.Exists(_folder["run"]) ? Resume("run") : Begin("run"));
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
        Judge(hasEnded: true);
    }

    private void Judge(bool hasEnded)
    {
        // Nothing but the run may be visible: what was not published is hidden.
        Assert.All(Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName), name => Assert.True(
            name is "data" or "whole" or "run" || name!.StartsWith(".run.partial-", StringComparison.Ordinal), $"{name} was left behind"));
        if (!Directory.Exists(_folder["run"]))
        {
            return;
        }

        RunFiles.RequireWhole(_folder["run"]);
        if (hasEnded)
        {
            RunFiles.RequireSame(_folder["whole"], _folder["run"]);
            Directory.Delete(_folder["run"], recursive: true);
        }
    }

    /// <summary>A quarter of the moments are in the start of the program, the others in its training.</summary>
    private void WaitForAMoment(Process process)
    {
        if (_random.Next(4) > 0)
        {
            process.StandardOutput.ReadLine();
        }

        Thread.Sleep(_random.Next(400));
    }

    private GpuResult Finish(string[] arguments) => GpuProcess.Run(_folder.Path, arguments);

    private static Process Start(string folder, string[] arguments) => GpuProcess.Start(folder, arguments);

    private string[] Begin(string run) =>
    [
        "train", "--data", "data", "--limit", TrustData.Training.ToString(CultureInfo.InvariantCulture), .. _settings, "--threads", "1", "--device", _device,
        "--out", run, .. Options,
    ];

    private static string[] Resume(string run) => ["train", "--resume", run, .. Options];

    private static string[] Options => ["--checkpoint-every", "5steps", "--json", "--quiet"];
}
