using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Kernels.Checks;

namespace Gpu.Host.Commands;

/// <summary><c>gpu check</c>: every operation and variant on a device, against the float64 reference.</summary>
internal sealed class CheckCommand
{
    private readonly DeviceOptions _device = new();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string?> _only = OptionRows.Text(
        "--only", "NAME", "Only operations whose name begins so, or one case by its whole name");

    private readonly Option<string?> _dump = OptionRows.Text(
        "--dump-kernels", "DIR", "Also write the kernels as PTX and as OpenCL C, as drivers compile them; no device is needed");

    internal static Command Create()
    {
        var check = new CheckCommand();
        var command = new Command("check", "Checks every operation and variant on a device against a float64 reference.")
        {
            check._only, check._dump, check._json,
        };
        check._device.AddTo(command);
        command.SetAction(check.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        var only = parse.GetValue(_only);
        var cases = CaseFilter.Find(only, only is null ? [.. OperationCases.All] : [.. OperationCases.All, .. OperationCases.Large, .. OperationCases.Cubes]);
        if (parse.GetValue(_dump) is { } folder)
        {
            KernelDump.Write(folder, messages);
        }

        using var accelerator = _device.Open(parse, work: null, messages);
        var report = new CheckReport(Console.Out, CommonOptions.OutputLine(parse, _json), TextLines.InTerminal);
        return CheckRun.Run(accelerator, CaseFilter.Fitting(cases, only, accelerator), report, messages);
    }
}
