using System.CommandLine;
using Gpu.Host.Benches;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;

namespace Gpu.Host.Commands;

/// <summary>
/// <c>gpu bench</c>: the device's peaks, then every operation, checked against the float64 reference and timed; what a launch costs, whole
/// training steps, and the time from the program's start to its first step.
/// </summary>
internal sealed class BenchCommand
{
    private const double SecondsPerCase = 0.1;
    private const long MostFlopsOfProcessor = 20_000_000_000;
    private static readonly string[] _parts = [LaunchBench.Name, StepBench.Name, StartBench.Name];
    private readonly DeviceOptions _device = new();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string?> _only = OptionRows.Text("--only", "NAME",
        "Only operations whose name begins so, one case by its whole name, launch, steps or start");

    private readonly Option<bool> _large = OptionRows.Switch(
        "--large", "Also sizes whose reference takes seconds and, on a GPU, square matrix products up to 8192");

    internal static Command Create()
    {
        var bench = new BenchCommand();
        var command = new Command("bench", "Checks, then times, every operation, whole training steps and the program's start.")
        {
            bench._only, bench._large, bench._json,
        };
        bench._device.AddTo(command);
        command.SetAction(bench.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        var only = parse.GetValue(_only);
        using var accelerator = _device.Open(parse, work: null, messages, timed: only != StartBench.Name);
        var cases = Cases(only, parse.GetValue(_large), accelerator);
        var report = new BenchReport(accelerator, Console.Out, CommonOptions.OutputLine(parse, _json), TextLines.InTerminal);
        if (only == StartBench.Name)
        {
            StartBench.RunHere(accelerator, report);
            return ExitCodes.Done;
        }

        var failed = RunCases(accelerator, cases, report);
        RunParts(accelerator, only, report);
        if (failed == 0)
        {
            return ExitCodes.Done;
        }

        messages.Insist($"gpu: {failed} of {cases.Count} cases were wrong on {accelerator.Description} and were not timed.");
        return ExitCodes.Device;
    }

    /// <summary>Checks and times the cases; returns how many were wrong.</summary>
    private static int RunCases(ComputeAccelerator accelerator, List<OperationCase> cases, BenchReport report)
    {
        if (cases.Count == 0)
        {
            return 0;
        }

        report.BeginCases(DevicePeak.Measure(accelerator));
        return cases.Count(declaration => !Bench(accelerator, declaration, report));
    }

    private static void RunParts(ComputeAccelerator accelerator, string? only, BenchReport report)
    {
        if (only is null or LaunchBench.Name)
        {
            LaunchBench.Run(accelerator, report);
        }

        if (only is null or StepBench.Name)
        {
            StepBench.Run(accelerator, report);
        }

        if (only is null)
        {
            StartBench.RunAfresh(accelerator, report);
        }
    }

    /// <summary>The cases to check and time; none where a part is asked for. A processor would be at the largest products for minutes.</summary>
    private static List<OperationCase> Cases(string? only, bool large, ComputeAccelerator accelerator)
    {
        if (_parts.Contains(only))
        {
            return [];
        }

        OperationCase[] known =
        [
            .. OperationCases.All,
            .. large ? OperationCases.Large : [],
            .. OperationCases.Cubes.Where(cube => large && (accelerator.Traits.IsGpu || cube.Flops <= MostFlopsOfProcessor)),
        ];
        return CaseFilter.Fitting(CaseFilter.Find(only, known, timed: true, _parts), only, accelerator);
    }

    private static bool Bench(ComputeAccelerator accelerator, OperationCase declaration, BenchReport report)
    {
        using var prepared = declaration.Prepare(accelerator);
        var check = prepared.Check();
        report.Add(declaration, check, check.Passed ? CaseTimer.Time(prepared, SecondsPerCase)[0] : double.NaN);
        return check.Passed;
    }
}
