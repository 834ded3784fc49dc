using System.Diagnostics;
using Gpu.Fuzzing;

namespace Gpu.Trust.Tests;

/// <summary>Damaged files of every format, through the readers in this process and through the program.</summary>
public class StrangerTests
{
    private const ulong Seed = 2;

    public static TheoryData<string> Formats => [.. FileFormat.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Damaged_files_are_refused_or_agree_with_themselves(string name)
    {
        var started = Stopwatch.GetTimestamp();
        var report = new Fuzzer(Format(name)).Run(Seed, first: 0, Promise.Cases(100, 20_000));
        Promise.Report($"damaged files: refused in one sentence, or valid; no crash, no hang, memory bounded ({name})", report.Cases, Texts(report), started);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_program_refuses_damaged_files(string name)
    {
        var started = Stopwatch.GetTimestamp();
        var report = new ProgramFuzzer(Format(name), Path.Combine(AppContext.BaseDirectory, "gpu.dll")).Run(Seed, first: 0, Promise.Cases(1, 50));
        Promise.Report($"damaged files given to the program: its code, one sentence ({name})", report.Cases, Texts(report), started);
    }

    private static FileFormat Format(string name) => FileFormat.All.Single(format => format.Name == name);

    private static IReadOnlyList<string> Texts(FuzzReport report) => [.. report.Failures.Select(failure => failure.ToString())];
}
