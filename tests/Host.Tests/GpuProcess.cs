using System.Diagnostics;

namespace Gpu.Host.Tests;

/// <summary>What a run of the program gave.</summary>
public sealed record GpuResult(int ExitCode, string Output, string Error)
{
    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The lines of standard error.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs the built program as a process of its own, in a folder of the test's.</summary>
public static class GpuProcess
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);

    public static GpuResult Run(string folder, params string[] arguments) => Run(folder, [], arguments);

    public static GpuResult Run(string folder, (string Name, string Value)[] environment, params string[] arguments)
    {
        using var process = Start(folder, environment, arguments);
        return Finish(process);
    }

    public static Process Start(string folder, params string[] arguments) => Start(folder, [], arguments);

    public static Process Start(string folder, (string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "gpu.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Sends a signal, INT, TERM or KILL, to a process that has not ended yet.</summary>
    public static void Signal(Process process, string signal)
    {
        // The number of a process that has ended may be another's by now.
        if (process.HasExited)
        {
            return;
        }

        if (signal == "KILL")
        {
            process.Kill();
            return;
        }

        using var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]);
        kill.WaitForExit();
    }

    public static GpuResult Finish(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(_limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"gpu did not end within {_limit.TotalSeconds} s; it wrote: {output.Result} {error.Result}");
        }

        return new GpuResult(process.ExitCode, output.Result, error.Result);
    }
}
