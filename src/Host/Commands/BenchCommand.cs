using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Checks;
using Gpu.Training;

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
    private readonly Option<string?> _device = CommonOptions.Device();
    private readonly Option<int?> _threads = CommonOptions.Threads();
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
            bench._device, bench._threads, bench._only, bench._large, bench._json,
        };
        command.SetAction(bench.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        var only = parse.GetValue(_only);
        var options = new AcceleratorOptions { Threads = parse.GetValue(_threads) ?? 0, Timed = only != StartBench.Name };
        using var accelerator = DeviceChoice.Open(parse.GetValue(_device) ?? DeviceChoice.Auto, work: null, options, messages.Say);
        var cases = Cases(only, Known(parse.GetValue(_large), accelerator));
        var report = new BenchReport(accelerator, Console.Out, parse.GetValue(_json) ? new JsonLine(Console.OpenStandardOutput()) : null);
        if (only == StartBench.Name)
        {
            StartBench.RunHere(accelerator, report);
            return ExitCodes.Done;
        }

        cases.RemoveAll(c => !c.Fits(accelerator));
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

    /// <summary>The cases there are. A processor would be at the largest products for minutes.</summary>
    private static OperationCase[] Known(bool large, ComputeAccelerator accelerator) =>
    [
        .. OperationCases.All,
        .. large ? OperationCases.Large : [],
        .. OperationCases.Cubes.Where(cube => large && (accelerator.Traits.IsGpu || cube.Flops <= MostFlopsOfProcessor)),
    ];

    private static List<OperationCase> Cases(string? only, OperationCase[] known)
    {
        if (_parts.Contains(only))
        {
            return [];
        }

        if (only is null)
        {
            return [.. known.Where(c => c.Timed)];
        }

        // A case that is named is timed, at whatever size; of an operation, the sizes that training meets.
        var named = OperationCases.Matching(only, known).ToList();
        return named.Count == 1 || named.Exists(c => c.Timed) ? [.. named.Where(c => c.Timed || named.Count == 1)]
            : throw TrainingException.BadUsage(
                $"--only {only}: expected {string.Join(", ", _parts)} or the beginning of an operation's name, found none; there are "
                + $"{string.Join(", ", known.Where(c => c.Timed).Select(c => c.Operation).Distinct())}.");
    }

    private static bool Bench(ComputeAccelerator accelerator, OperationCase declaration, BenchReport report)
    {
        using var prepared = declaration.Prepare(accelerator);
        var check = prepared.Check();
        report.Add(declaration, check, check.Passed ? CaseTimer.Time(prepared, SecondsPerCase)[0] : double.NaN);
        return check.Passed;
    }
}
