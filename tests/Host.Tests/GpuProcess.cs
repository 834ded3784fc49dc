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

    private static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private static string Program => Path.Combine(AppContext.BaseDirectory, "gpu.dll");

    public static GpuResult Run(string folder, params string[] arguments) => Run(folder, [], arguments);

    public static GpuResult Run(string folder, (string Name, string Value)[] environment, params string[] arguments)
    {
        using var process = Start(folder, environment, arguments);
        return Finish(process);
    }

    public static Process Start(string folder, params string[] arguments) => Start(folder, [], arguments);

    public static Process Start(string folder, (string Name, string Value)[] environment, params string[] arguments)
    {
        var start = Redirected(Dotnet, folder);
        start.ArgumentList.Add(Program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Begin(start);
    }

    /// <summary>Runs the program by a shell that first redirects its streams, or prepares its process otherwise.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="redirections">What the shell is to do, such as <c>2>&amp;-</c>.</param>
    /// <param name="arguments">The program's arguments.</param>
    public static GpuResult RunRedirected(string folder, string redirections, params string[] arguments)
    {
        using var process = StartShell(folder, $"exec \"$@\" {redirections}", arguments);
        return Finish(process);
    }

    /// <summary>Starts a shell whose words $@ are the program and its arguments.</summary>
    public static Process StartShell(string folder, string script, params string[] arguments)
    {
        var start = Redirected("sh", folder);
        foreach (var argument in new[] { "-c", script, "sh", Dotnet, Program }.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        return Begin(start);
    }

    /// <summary>Sends a signal, such as INT, TERM, HUP or KILL, to a process that has not ended yet.</summary>
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

        // The shell has a kill of its own; the program of this name is missing from small systems.
        using var kill = Process.Start("sh", ["-c", $"kill -s {signal} {process.Id}"]);
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

    private static ProcessStartInfo Redirected(string program, string folder) => new(program)
    {
        WorkingDirectory = folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        RedirectStandardInput = true,
    };

    private static Process Begin(ProcessStartInfo start)
    {
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
