using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Devices;
using Gpu.Host.Reports;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Host.Commands;

/// <summary><c>gpu devices</c>: what can be trained on, what cannot and why, and what would be chosen.</summary>
internal static class DevicesCommand
{
    internal static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command("devices", "Lists the devices, whether each can be used and, if not, why not.") { json };
        command.SetAction(parse => Run(CommonOptions.OutputLine(parse, json)));
        return command;
    }

    private static int Run(JsonLine? json)
    {
        using var cpu = new CpuAccelerator();
        var report = new DevicesReport(cpu, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, [.. DeviceCatalog.All]);
        if (json is not null)
        {
            report.WriteJson(json);
        }
        else
        {
            report.WriteText(Console.Out);
        }

        return ExitCodes.Done;
    }
}
