using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Kernels.Accelerators.Cpu;

namespace Gpu.Host.Commands;

/// <summary><c>gpu devices</c>: what can be trained on, what cannot and why, and what would be chosen.</summary>
internal static class DevicesCommand
{
    internal static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command("devices", "Lists the devices, whether each can be used and, if not, why not.") { json };
        command.SetAction(parse => Run(parse.GetValue(json)));
        return command;
    }

    private static int Run(bool json)
    {
        using var cpu = new CpuAccelerator();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (json)
        {
            WriteJson(new JsonLine(Console.OpenStandardOutput()), cpu, memory);
            return ExitCodes.Done;
        }

        var table = Tables.Create("device", "usable", "what it is");
        table.Add(cpu.Id, "yes", cpu.Name);
        table.Add("", "", $"{cpu.Options.Threads} threads, {Format.Bytes(memory)} of memory");
        table.Add("", "", $"code paths: {string.Join(", ", SimdPaths.Available.Select(Name))}; in use: {Name(cpu.Options.Path)}");
        table.Add("", "", $"({SimdPaths.Variable} chooses another)");
        foreach (var kind in DeviceChoice.GpuKinds)
        {
            table.Add(kind, "no", DeviceChoice.NotYet);
        }

        Tables.Write(Console.Out, table);
        Console.Out.WriteLine();
        Console.Out.WriteLine("--device auto chooses cpu.");
        return ExitCodes.Done;
    }

    private static void WriteJson(JsonLine line, CpuAccelerator cpu, long memory)
    {
        line.Write(json =>
        {
            json.WriteString("device", cpu.Id);
            json.WriteString("name", cpu.Name);
            json.WriteBoolean("usable", true);
            json.WriteBoolean("chosen", true);
            json.WriteNumber("threads", cpu.Options.Threads);
            json.WriteNumber("memory_bytes", memory);
            json.WriteStartArray("paths");
            foreach (var path in SimdPaths.Available)
            {
                json.WriteStringValue(Name(path));
            }

            json.WriteEndArray();
            json.WriteString("path", Name(cpu.Options.Path));
        });
        foreach (var kind in DeviceChoice.GpuKinds)
        {
            line.Write(json =>
            {
                json.WriteString("device", kind);
                json.WriteBoolean("usable", false);
                json.WriteBoolean("chosen", false);
                json.WriteString("reason", DeviceChoice.NotYet);
            });
        }
    }

    private static string Name(SimdPath path) => path.ToString().ToLowerInvariant();
}
