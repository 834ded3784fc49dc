using Gpu.Host.Runs;
using Gpu.Kernels.Accelerators.Cpu;
using Spectre.Console;

namespace Gpu.Host.Reports;

/// <summary>What <c>gpu devices</c> shows: every device, usable or not, the libraries they were looked for in, and the choice of auto.</summary>
/// <param name="cpu">The processor.</param>
/// <param name="cpuMemoryBytes">The memory it has.</param>
/// <param name="backends">The GPU backends, in the order in which auto tries them.</param>
internal sealed class DevicesReport(CpuAccelerator cpu, long cpuMemoryBytes, IReadOnlyList<DeviceBackend> backends)
{
    private readonly FoundDevice? _chosen = backends.SelectMany(b => b.Devices).FirstOrDefault(d => d.IsForAuto);

    /// <summary>Tables for people.</summary>
    internal void WriteText(TextWriter output)
    {
        var table = Tables.Create("device", "usable", "what it is");
        table.Add(cpu.Id, "yes", cpu.Name);
        table.Add("", "", $"{cpu.Options.Threads} threads, {Format.Bytes(cpuMemoryBytes)} of memory");
        table.Add("", "", $"code paths: {string.Join(", ", SimdPaths.Available.Select(Name))}; in use: {Name(cpu.Options.Path)}");
        table.Add("", "", $"({SimdPaths.Variable} chooses another)");
        foreach (var backend in backends)
        {
            AddBackend(table, backend);
        }

        Tables.Write(output, table);
        WriteLibraries(output);
        output.WriteLine();
        output.WriteLine(Choice());
    }

    /// <summary>A line for each device, for each backend without one, and for each library.</summary>
    internal void WriteJson(JsonLine line)
    {
        line.Write(json =>
        {
            json.WriteString("device", cpu.Id);
            json.WriteString("name", cpu.Name);
            json.WriteBoolean("usable", true);
            json.WriteBoolean("chosen", _chosen is null);
            json.WriteNumber("threads", cpu.Options.Threads);
            json.WriteNumber("memory_bytes", cpuMemoryBytes);
            json.WriteStartArray("paths");
            foreach (var path in SimdPaths.Available)
            {
                json.WriteStringValue(Name(path));
            }

            json.WriteEndArray();
            json.WriteString("path", Name(cpu.Options.Path));
        });
        foreach (var backend in backends)
        {
            foreach (var device in backend.Devices)
            {
                WriteDevice(line, device);
            }

            if (backend.Devices.Count == 0)
            {
                WriteMissing(line, backend);
            }

            foreach (var library in backend.Libraries)
            {
                WriteLibrary(line, backend, library);
            }
        }
    }

    private void WriteDevice(JsonLine line, FoundDevice device) => line.Write(json =>
    {
        json.WriteString("device", device.Id);
        json.WriteString("name", device.Name);
        json.WriteBoolean("usable", device.Problem is null);
        json.WriteBoolean("chosen", device == _chosen);
        json.WriteString("kind", device.Kind);
        json.WriteString("vendor", device.Vendor);
        json.WriteString("platform", device.Platform);
        json.WriteString("version", device.Version);
        json.WriteString("driver", device.DriverVersion);
        json.WriteNumber("compute_units", device.ComputeUnits);
        json.WriteNumber("memory_bytes", device.MemoryBytes);
        json.WriteNumber("largest_allocation_bytes", device.LargestAllocationBytes);
        if (device.Problem is not null)
        {
            json.WriteString("reason", device.Problem);
        }
    });

    private static void WriteMissing(JsonLine line, DeviceBackend backend) => line.Write(json =>
    {
        json.WriteString("device", backend.Id);
        json.WriteBoolean("usable", false);
        json.WriteBoolean("chosen", false);
        json.WriteString("reason", backend.Problem);
    });

    private static void WriteLibrary(JsonLine line, DeviceBackend backend, LibraryAttempt library) => line.Write(json =>
    {
        json.WriteString("library", library.Name);
        json.WriteString("backend", backend.Id);
        json.WriteBoolean("loaded", library.IsLoaded);
        if (!library.IsLoaded)
        {
            json.WriteString("reason", library.Outcome);
        }
    });

    private static void AddBackend(Table table, DeviceBackend backend)
    {
        foreach (var device in backend.Devices)
        {
            table.Add(device.Id, device.Problem is null ? "yes" : "no", device.Name);
            if (device.Problem is not null)
            {
                table.Add("", "", device.Problem);
            }
            else if (!device.IsForAuto)
            {
                table.Add("", "", $"no GPU but {(device.Kind == "cpu" ? "the processor" : "another accelerator")}: only by name, never by auto");
            }

            table.Add("", "", $"{device.Platform}, driver {device.DriverVersion}");
            table.Add("", "", $"{device.ComputeUnits:N0} compute units, {Format.Bytes(device.MemoryBytes)} of memory "
                + $"({Format.Bytes(device.LargestAllocationBytes)} in one piece)");
        }

        if (backend.Devices.Count == 0)
        {
            table.Add(backend.Id, "no", backend.Problem ?? "");
        }
    }

    private void WriteLibraries(TextWriter output)
    {
        if (backends.All(b => b.Libraries.Count == 0))
        {
            return;
        }

        var table = Tables.Create("library", "what came of it");
        foreach (var library in backends.SelectMany(b => b.Libraries))
        {
            table.Add(library.Name, library.Outcome);
        }

        output.WriteLine();
        Tables.Write(output, table);
        output.WriteLine($"(looked for in {SearchPath()})");
    }

    private string Choice() => _chosen is { } gpu
        ? $"--device auto chooses {gpu.Description}, and cpu for what is too small for a GPU."
        : $"--device auto chooses cpu: {string.Join("; ", backends.Select(DeviceChoice.WhyNot))}.";

    /// <summary>Where the system looks for a library that is named without a folder.</summary>
    private static string SearchPath()
    {
        if (OperatingSystem.IsWindows())
        {
            return "the program's folder, the system's folder and those of PATH";
        }

        var variable = OperatingSystem.IsMacOS() ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH";
        return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } folders
            ? $"{variable}={folders}, then the system's library folders"
            : "the program's folder and the system's library folders";
    }

    private static string Name(SimdPath path) => path.ToString().ToLowerInvariant();
}
