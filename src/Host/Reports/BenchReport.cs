using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Checks;

namespace Gpu.Host.Reports;

/// <summary>What <c>gpu bench</c> found, row by row: as a table, or as JSON lines.</summary>
internal sealed class BenchReport(TextWriter output, JsonLine? json)
{
    private const int Width = 79;
    private const int Numbers = 33;
    private bool _hasSteps;

    internal void Begin(ComputeAccelerator accelerator, IReadOnlyList<OperationCase> cases)
    {
        if (json is null)
        {
            output.WriteLine($"device: {Format.Device(accelerator)}");
            if (cases.Count > 0)
            {
                WriteRow("operation", "us", "", "of bound");
            }
        }
    }

    /// <summary>A row for a case; its time is NaN where the check failed.</summary>
    internal void Add(OperationCase declaration, CheckResult check, double seconds)
    {
        var (rate, unit) = declaration.Flops > 0 ? (declaration.Flops / seconds / 1e9, "GFLOP/s") : (declaration.Bytes / seconds / 1e9, "GB/s");
        if (json is not null)
        {
            json.Write(line =>
            {
                line.WriteString("event", "operation");
                line.WriteString("name", declaration.Name);
                line.WriteString("launch", check.Launch);
                line.WriteBoolean("passed", check.Passed);
                line.Number("worst_share", check.WorstShare);
                line.Number("microseconds", seconds * 1e6);
                line.Number(declaration.Flops > 0 ? "gflops" : "gbytes_per_second", rate);
            });
            return;
        }

        if (check.Passed)
        {
            WriteRow(declaration.Name, Micro(seconds), $"{rate:N1} {unit,-7}", $"{check.WorstShare * 100:F0}%");
        }
        else
        {
            output.WriteLine($"{declaration.Name}: WRONG: {check.Failure}");
        }

        output.Flush();
    }

    /// <summary>A row for the training steps of a network.</summary>
    internal void AddStep(string network, int batch, double secondsPerStep, double samplesPerSecond)
    {
        if (json is not null)
        {
            json.Write(line =>
            {
                line.WriteString("event", "step");
                line.WriteString("network", network);
                line.WriteNumber("batch", batch);
                line.Number("microseconds", secondsPerStep * 1e6);
                line.Number("samples_per_second", samplesPerSecond);
            });
            return;
        }

        if (!_hasSteps)
        {
            _hasSteps = true;
            output.WriteLine();
            WriteRow("training step", "us", "samples/s", "");
        }

        WriteRow($"{network}, batch {batch}", Micro(secondsPerStep), $"{samplesPerSecond:N0}", "");
        output.Flush();
    }

    private static string Micro(double seconds) => seconds < 1e-4 ? $"{seconds * 1e6:N2}" : $"{seconds * 1e6:N0}";

    /// <summary>A name that leaves no room for the numbers gets a line of its own.</summary>
    private void WriteRow(string name, string time, string rate, string share)
    {
        var numbers = $"{time,9} {rate,14} {share,8}".TrimEnd();
        if (name.Length > Width - Numbers)
        {
            output.WriteLine(name);
            name = "";
        }

        output.WriteLine($"{name.PadRight(Width - Numbers)}{numbers}");
    }
}
