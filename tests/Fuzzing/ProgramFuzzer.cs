using System.Diagnostics;
using System.Globalization;
using Gpu.Fuzzing.Formats;
using Gpu.Training;

namespace Gpu.Fuzzing;

/// <summary>Shows damaged files to the program itself, a process each, and judges its exit code, its words, its time and its memory.</summary>
/// <param name="format">The format.</param>
/// <param name="program">The built program: the path of <c>gpu.dll</c>.</param>
public sealed class ProgramFuzzer(FileFormat format, string program)
{
    private readonly string _program = Path.GetFullPath(program);
    private readonly string _folder = Fuzzer.Scratch();

    /// <summary>A run of the program on a valid input; until it is over, all that is known is that it may take a minute.</summary>
    private ProgramRun _calm = new(0, "", "", TimeSpan.FromMinutes(1), 0);

    /// <summary>Tries cases; what the valid inputs take is the measure of time and memory.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="first">The first case.</param>
    /// <param name="count">How many.</param>
    public FuzzReport Run(ulong seed, int first, int count)
    {
        try
        {
            return Try(seed, first, count);
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private FuzzReport Try(ulong seed, int first, int count)
    {
        var helpers = Directory.CreateDirectory(Path.Combine(_folder, "helpers")).FullName;
        File.WriteAllBytes(Path.Combine(helpers, "model.safetensors"), ModelFormat.Small());
        File.WriteAllBytes(Path.Combine(helpers, "table.csv"), CsvFormat.Small());
        _calm = Run(format.Valid[0], helpers);
        if (_calm.ExitCode != 0)
        {
            throw new InvalidOperationException($"gpu refused a valid {format.Name}: {_calm.Error}");
        }

        var failures = new List<FuzzFailure>();
        var accepted = 0;
        for (var number = first; number < first + count; number++)
        {
            var input = format.MakeCase(seed, number);
            var run = Run(input, helpers);
            accepted += run.ExitCode == 0 ? 1 : 0;
            if (Judge(run, input) is { } problem)
            {
                failures.Add(new FuzzFailure(format.Name, seed, number, problem, $" --gpu {_program}"));
            }
        }

        return new FuzzReport(count, accepted, failures);
    }

    private string? Judge(ProgramRun run, FuzzInput input)
    {
        var most = _calm.PeakBytes + Fuzzer.MemoryBase + (2 * format.Declared(input));
        if (run.Took > _calm.Took + Fuzzer.LongestCase)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it took {run.Took.TotalSeconds:F1} s");
        }

        if (run.PeakBytes > most)
        {
            return $"{run.PeakBytes:N0} bytes were resident, expected at most {most:N0}";
        }

        if (run.ExitCode == 0)
        {
            return null;
        }

        var lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return !(run.ExitCode == (int)format.Failure || format.AcceptedCodes.Contains(run.ExitCode)) ? $"exit code {run.ExitCode}: {run.Error}"
            : lines is not [var line] || !line.StartsWith("gpu: ", StringComparison.Ordinal) ? $"standard error is not one sentence: {run.Error}"
            : run.Output.Length > 0 && run.ExitCode == (int)format.Failure ? $"it refused the input and wrote {run.Output}"
            : Oracle.JudgeSentence(line, run.ExitCode == (int)format.Failure && Refuses(input) ? _folder : "gpu: ");
    }

    /// <summary>Whether the reader itself refuses an input, which the sentence must name then; what it accepts may not fit what it is used for.</summary>
    private bool Refuses(FuzzInput input)
    {
        if (!format.AcceptedCodes.Contains((int)format.Failure))
        {
            return true;
        }

        try
        {
            format.Read(input.Write(Directory.CreateDirectory(Path.Combine(_folder, "alone")).FullName));
            return false;
        }
        catch (TrainingException)
        {
            return true;
        }
    }

    private ProgramRun Run(FuzzInput input, string helpers)
    {
        var place = Directory.CreateDirectory(Path.Combine(_folder, "case")).FullName;
        var output = Path.Combine(_folder, "out");
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[_program, .. format.Command(input.Write(place), helpers, output), "--quiet"])
        {
            start.ArgumentList.Add(argument);
        }

        return ProgramRun.Of(start, _calm.Took + (2 * Fuzzer.LongestCase));
    }
}

/// <summary>What a run of the program gave.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error, TimeSpan Took, long PeakBytes)
{
    /// <summary>Runs a program to its end, or ends it after a time.</summary>
    internal static ProgramRun Of(ProcessStartInfo start, TimeSpan longest)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var peak = 0L;
        while (!process.WaitForExit(5))
        {
            peak = Math.Max(peak, PeakOf(process));
            if (Stopwatch.GetElapsedTime(started) > longest)
            {
                process.Kill();
            }
        }

        process.WaitForExit();
        return new ProgramRun(process.ExitCode, output.Result, error.Result, Stopwatch.GetElapsedTime(started), peak);
    }

    /// <summary>The most memory that was resident at any time so far; 0 where the process has ended.</summary>
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
