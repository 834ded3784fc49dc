using Gpu.Host.Devices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Host.Reports;

/// <summary>What <c>gpu devices</c> shows: every device, usable or not, the libraries they were looked for in, and the choice of auto.</summary>
/// <param name="cpu">The processor.</param>
/// <param name="cpuMemoryBytes">The memory it has.</param>
/// <param name="backends">The GPU backends, in the order in which auto tries them.</param>
internal sealed class DevicesReport(CpuAccelerator cpu, long cpuMemoryBytes, IReadOnlyList<BackendDiscovery> backends)
{
    private static readonly string _simulator = DeviceDiscovery.Name(AcceleratorKind.Simulator);

    private readonly FoundDevice? _chosen =
        backends.SelectMany(b => b.Devices).FirstOrDefault(DeviceCatalog.IsForAuto);

    /// <summary>Tables for people.</summary>
    internal void WriteText(TextWriter output)
    {
        var table = new TextTable("device", "usable", "what it is");
        table.Add(cpu.Id, "yes", cpu.Name);
        table.Add("", "", $"{cpu.Options.Threads} threads, {Format.Bytes(cpuMemoryBytes)} of memory");
        table.Add("", "", $"code paths: {string.Join(", ", SimdPaths.Available.Select(Name))}; in use: {Name(cpu.Options.Path)}");
        table.Add("", "", $"({SimdPaths.Variable} chooses another)");
        foreach (var backend in backends)
        {
            AddBackend(table, backend);
        }

        table.Add(_simulator, "yes", "the kernels themselves, as ILGPU simulates a device on the processor");
        table.Add("", "", "for tests and debugging: used only by name, never by auto");
        Tables.Write(output, table, TextLines.InTerminal);
        WriteLibraries(output);
        output.WriteLine();
        WriteChoice(output);
        output.WriteLine();
        TextLines.Write(output, "An NVIDIA card needs its driver and nothing else (470 or later, CUDA 11.4).", TextLines.Columns);
        TextLines.Write(
            output, "Other cards are used through OpenCL 2.0 or later with the generic address space, which drivers of OpenCL 1.2, rusticl and PoCL before 4.0 have not.", TextLines.Columns);
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
        line.Write(json =>
        {
            json.WriteString("device", _simulator);
            json.WriteString("name", cpu.Name);
            json.WriteBoolean("usable", true);
            json.WriteBoolean("chosen", false);
        });
        foreach (var backend in backends)
        {
            foreach (var device in backend.Devices)
            {
                WriteDevice(line, device);
            }

            if (backend.Devices.Count == 0)
            {
                WriteMissing(line, backend, backend.Problem);
            }

            foreach (var note in Besides(backend))
            {
                WriteMissing(line, backend, note);
            }

            foreach (var library in backend.Attempts)
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
        json.WriteString("class", device.Class.ToString().ToLowerInvariant());
        json.WriteString("vendor", device.Vendor);
        json.WriteString("version", device.Version);
        json.WriteString("driver", device.DriverVersion);
        json.WriteNumber("compute_units", device.ComputeUnits);
        json.WriteNumber("memory_bytes", device.MemoryBytes);
        if (device.Problem is not null)
        {
            json.WriteString("reason", device.Problem);
        }
    });

    private static void WriteMissing(JsonLine line, BackendDiscovery backend, string? reason) => line.Write(json =>
    {
        json.WriteString("device", DeviceCatalog.Name(backend.Kind));
        json.WriteBoolean("usable", false);
        json.WriteBoolean("chosen", false);
        json.WriteString("reason", reason);
    });

    private static void WriteLibrary(JsonLine line, BackendDiscovery backend, LibraryAttempt library) => line.Write(json =>
    {
        json.WriteString("library", library.Name);
        json.WriteString("backend", DeviceCatalog.Name(backend.Kind));
        json.WriteBoolean("loaded", DeviceCatalog.IsLoaded(library));
        if (!DeviceCatalog.IsLoaded(library))
        {
            json.WriteString("reason", library.Outcome);
        }
    });

    private static void AddBackend(TextTable table, BackendDiscovery backend)
    {
        foreach (var device in backend.Devices)
        {
            table.Add(device.Id, device.Problem is null ? "yes" : "no", device.Name);
            if (device.Problem is not null)
            {
                table.Add("", "", device.Problem);
            }
            else if (device.Class != DeviceClass.Gpu)
            {
                table.Add("", "", $"{(device.Class == DeviceClass.Cpu ? "the processor" : "no GPU")}: used only by name, never by auto");
            }

            table.Add("", "", $"driver {device.DriverVersion}");
            table.Add("", "", device.Version);
            table.Add("", "", $"{device.ComputeUnits:N0} compute units, {Format.Bytes(device.MemoryBytes)} of memory");
        }

        if (backend.Devices.Count == 0)
        {
            table.Add(DeviceCatalog.Name(backend.Kind), "no", backend.Problem ?? "");
        }

        foreach (var note in Besides(backend))
        {
            table.Add(DeviceCatalog.Name(backend.Kind), "no", note);
        }
    }

    /// <summary>What is amiss beside the devices that were found; where none was, the problem tells it.</summary>
    private static IEnumerable<string> Besides(BackendDiscovery backend) => backend.Devices.Count == 0 ? [] : backend.Notes;

    private void WriteLibraries(TextWriter output)
    {
        if (backends.All(b => b.Attempts.Count == 0))
        {
            return;
        }

        output.WriteLine();
        TextLines.Write(output, $"libraries, looked for in {SearchPath()}:", TextLines.InTerminal);
        foreach (var library in backends.SelectMany(b => b.Attempts))
        {
            TextLines.Write(output, $"  {library.Name}: {library.Outcome}", TextLines.InTerminal, hang: 4);
        }
    }

    private void WriteChoice(TextWriter output)
    {
        if (_chosen is not null)
        {
            TextLines.Write(output, $"--device auto chooses {DeviceCatalog.Describe(_chosen)}, and cpu for networks and steps that are too small for a GPU.", TextLines.Columns);
            return;
        }

        TextLines.Write(output, "--device auto chooses cpu, because no GPU can be used:", TextLines.Columns);
        foreach (var backend in backends)
        {
            TextLines.Write(output, $"  {DeviceCatalog.WhyNotAuto(backend)}", TextLines.InTerminal, hang: 4);
        }
    }

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
