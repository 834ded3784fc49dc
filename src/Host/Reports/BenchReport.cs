using System.Runtime.InteropServices;
using System.Text.Json;
using Gpu.Host.Devices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Host.Reports;

/// <summary>What <c>gpu bench</c> found, row by row: as a table, or as JSON lines. Every row names the device.</summary>
internal sealed class BenchReport
{
    private const int NameWidth = 37, NumbersWidth = 42;
    private readonly ComputeAccelerator _accelerator;
    private readonly TextWriter _output;
    private readonly JsonLine? _json;
    private readonly int? _columns;
    private DevicePeak? _peak;
    private bool _hasSteps;

    /// <summary>A report on one device.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="output">Where the table goes.</param>
    /// <param name="json">Where the lines go in its place, or null.</param>
    /// <param name="columns">The longest line of a terminal, or null.</param>
    internal BenchReport(ComputeAccelerator accelerator, TextWriter output, JsonLine? json, int? columns)
    {
        (_accelerator, _output, _json, _columns) = (accelerator, output, json, columns);
        if (_json is null)
        {
            _output.WriteLine($"device: {Format.Device(accelerator)}");
            return;
        }

        var found = DeviceCatalog.Found(accelerator);
        WriteJson("machine", line =>
        {
            line.WriteString("version", ProgramVersion.Text);
            line.WriteString("driver", found?.DriverVersion);
            line.WriteString("backend", found?.Version);
            line.WriteString("processor", ProcessorName());
            line.WriteNumber("processors", Environment.ProcessorCount);
            line.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            line.WriteString("system", RuntimeInformation.OSDescription);
            line.WriteString("command", $"gpu {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}");
        });
    }

    /// <summary>The peaks, and the head of the table of cases.</summary>
    internal void BeginCases(DevicePeak peak)
    {
        _peak = peak;
        if (_json is not null)
        {
            WriteJson("peak", line =>
            {
                line.Number("gflops", peak.FlopsPerSecond / 1e9);
                line.Number("gbytes_per_second", peak.BytesPerSecond / 1e9);
            });
            return;
        }

        TextLines.Write(_output, $"measured peak: {peak.FlopsPerSecond / 1e9:N0} GFLOP/s, {peak.BytesPerSecond / 1e9:N1} GB/s of memory beyond the caches", _columns);
        _output.WriteLine();
        WriteRow("operation", "us", "", "of peak", "of bound");
    }

    /// <summary>A row for a case; its time is NaN where the check failed.</summary>
    internal void Add(OperationCase declaration, CheckResult check, double seconds)
    {
        var (rate, unit) = declaration.Flops > 0 ? (declaration.Flops / seconds / 1e9, "GFLOP/s") : (declaration.Bytes / seconds / 1e9, "GB/s");
        var share = _peak!.Share(declaration, seconds);
        if (_json is not null)
        {
            WriteJson("operation", line =>
            {
                line.WriteString("name", declaration.Name);
                line.WriteString("launch", check.Launch);
                line.WriteBoolean("passed", check.Passed);
                line.Number("worst_share", check.WorstShare);
                line.Number("microseconds", seconds * 1e6);
                line.Number(declaration.Flops > 0 ? "gflops" : "gbytes_per_second", rate);
                line.Number("share_of_peak", share);
            });
            return;
        }

        if (check.Passed)
        {
            WriteRow(declaration.Name, Micro(seconds), $"{rate:N1} {unit,-7}", $"{share * 100:F1}%", $"{check.WorstShare * 100:F0}%");
        }
        else
        {
            _output.WriteLine($"{_accelerator.Id} {declaration.Name}: WRONG: {check.Failure}");
        }

        _output.Flush();
    }

    /// <summary>A row for a launch with nothing to do.</summary>
    /// <param name="alone">Seconds from the call to the end, nothing else being under way.</param>
    /// <param name="together">Launches that were run as one sequence.</param>
    /// <param name="each">Seconds of each of these.</param>
    internal void AddLaunch(double alone, int together, double each)
    {
        if (_json is not null)
        {
            WriteJson("launch", line =>
            {
                line.WriteString("name", "copy(count=1)");
                line.Number("microseconds_alone", alone * 1e6);
                line.WriteNumber("sequence", together);
                line.Number("microseconds_in_sequence", each * 1e6);
            });
            return;
        }

        _output.WriteLine();
        WriteRow("launch", "us", "", "", "");
        WriteRow("copy(count=1), alone", Micro(alone), "", "", "");
        WriteRow($"copy(count=1), each of {together}", Micro(each), "", "", "");
        _output.Flush();
    }

    /// <summary>A row for the training steps of a network.</summary>
    internal void AddStep(string network, int batch, double secondsPerStep, double samplesPerSecond, double launchesPerStep)
    {
        if (_json is not null)
        {
            WriteJson("step", line =>
            {
                line.WriteString("network", network);
                line.WriteNumber("batch", batch);
                line.Number("microseconds", secondsPerStep * 1e6);
                line.Number("samples_per_second", samplesPerSecond);
                line.Number("launches_per_step", launchesPerStep);
            });
            return;
        }

        if (!_hasSteps)
        {
            _hasSteps = true;
            _output.WriteLine();
            WriteRow("training step", "us", "samples/s", "launches", "");
        }

        WriteRow($"{network}, batch {batch}", Micro(secondsPerStep), $"{samplesPerSecond:N0}", $"{launchesPerStep:G3}", "");
        _output.Flush();
    }

    /// <summary>A row for the time from a process's start to the end of its first training step.</summary>
    internal void AddStart(string name, double seconds)
    {
        if (_json is not null)
        {
            WriteJson("start", line =>
            {
                line.WriteString("name", name);
                line.WriteString("network", "784-128-10");
                line.Number("seconds", seconds);
            });
            return;
        }

        _output.WriteLine($"{_accelerator.Id} {name} to first step of 784-128-10: {seconds:F2} s");
        _output.Flush();
    }

    private static string ProcessorName()
    {
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        return cpu.Name;
    }

    private static string Micro(double seconds) => seconds < 1e-4 ? $"{seconds * 1e6:N2}" : $"{seconds * 1e6:N0}";

    private void WriteJson(string name, Action<Utf8JsonWriter> members) => _json!.Write(line =>
    {
        line.WriteString("event", name);
        line.WriteString("device", _accelerator.Description);
        members(line);
    });

    /// <summary>A name that leaves no room for the numbers gets a line of its own; a terminal without room for these in columns has them one after the other.</summary>
    private void WriteRow(string name, string time, string rate, string peak, string bound)
    {
        var label = $"{_accelerator.Id} {name}";
        var isNarrow = _columns < NumbersWidth;
        var width = isNarrow ? 0 : Math.Min(NameWidth, (_columns ?? int.MaxValue) - NumbersWidth);
        if (label.Length > width)
        {
            _output.WriteLine(label);
            label = "";
        }

        _output.WriteLine(isNarrow
            ? $"  {string.Join("  ", new[] { time, rate, peak, bound }.Select(cell => cell.Trim()).Where(cell => cell.Length > 0))}"
            : $"{label.PadRight(width)}{time,9} {rate,14} {peak,8} {bound,8}".TrimEnd());
    }
}
