using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Checks;
using Gpu.Training;

namespace Gpu.Host.Commands;

/// <summary><c>gpu check</c>: every operation and variant on a device, against the float64 reference.</summary>
internal sealed class CheckCommand
{
    private readonly Option<string?> _device = CommonOptions.Device();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string?> _only = OptionRows.Text(
        "--only", "NAME", "Only operations whose name begins so, or one case by its whole name");

    private readonly Option<string?> _dump = OptionRows.Text(
        "--dump-kernels", "DIR", "Also write the kernels as OpenCL C and as CUDA C, as drivers compile them");

    internal static Command Create()
    {
        var check = new CheckCommand();
        var command = new Command("check", "Checks every operation and variant on a device against a float64 reference.")
        {
            check._device, check._threads, check._only, check._dump, check._json,
        };
        command.SetAction(check.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        var cases = Cases(parse.GetValue(_only));
        if (parse.GetValue(_dump) is { } folder)
        {
            KernelDump.Write(folder, messages);
        }

        using var accelerator = DeviceChoice.Open(
            parse.GetValue(_device) ?? DeviceChoice.Auto, work: null, new AcceleratorOptions { Threads = parse.GetValue(_threads) ?? 0 }, messages.Say);
        var report = new CheckReport(Console.Out, parse.GetValue(_json) ? new JsonLine(Console.OpenStandardOutput()) : null);
        var fitting = cases.FindAll(c => c.Fits(accelerator));
        return fitting.Count > 0 ? CheckRun.Run(accelerator, fitting, report, messages) : throw TrainingException.BadUsage(
            $"--only {parse.GetValue(_only)}: expected a variant that {accelerator.Description} has, found one of other devices or larger groups.");
    }

    private static List<OperationCase> Cases(string? only)
    {
        if (only is null)
        {
            return [.. OperationCases.All];
        }

        OperationCase[] all = [.. OperationCases.All, .. OperationCases.Large, .. OperationCases.Cubes];
        var named = OperationCases.Matching(only, all).ToList();
        return named.Count > 0 ? named : throw TrainingException.BadUsage(
            $"--only {only}: expected the beginning of an operation's name, or the name of a case, found none; there are "
            + $"{string.Join(", ", all.Select(c => c.Operation).Distinct())}.");
    }
}
