using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;

namespace Gpu.Host.Reports;

/// <summary>What <c>gpu check</c> found, row by row: as a table, or as JSON lines.</summary>
/// <param name="output">Where the table goes.</param>
/// <param name="json">Where the lines go in its place, or null.</param>
/// <param name="columns">The longest line of a terminal, or null.</param>
internal sealed class CheckReport(TextWriter output, JsonLine? json, int? columns = null)
{
    private const int Numbers = 17;
    private readonly int _nameWidth = Math.Min(60, (columns ?? int.MaxValue) - Numbers);
    private ComputeAccelerator? _accelerator;

    internal void Begin(ComputeAccelerator accelerator)
    {
        _accelerator = accelerator;
        if (json is null)
        {
            output.WriteLine($"device: {Format.Device(accelerator)}");
            WriteRow("case", "of bound", "verdict");
        }
    }

    /// <summary>A row for a case.</summary>
    /// <param name="declaration">The case.</param>
    /// <param name="result">How it fared.</param>
    /// <param name="again">The command that runs it alone.</param>
    internal void Add(OperationCase declaration, CheckResult result, string again)
    {
        if (json is not null)
        {
            WriteJson(declaration, result, again);
            return;
        }

        if (result.Passed)
        {
            WriteRow(declaration.Name, $"{result.WorstShare * 100:F0}%", "passed");
        }
        else
        {
            WriteRow(declaration.Name, "", "FAILED");
            output.WriteLine($"  {result.Launch}: {result.Failure}");
            output.WriteLine($"  alone: {again}");
        }

        output.Flush();
    }

    /// <summary>The summary.</summary>
    internal void End(IReadOnlyList<CheckResult> results)
    {
        var failed = results.Count(r => !r.Passed);
        var worst = results.Where(r => r.Passed).Select(r => r.WorstShare).DefaultIfEmpty(0).Max();
        if (json is not null)
        {
            json.Write(line =>
            {
                line.WriteString("event", "summary");
                line.WriteString("device", _accelerator!.Description);
                line.WriteNumber("cases", results.Count);
                line.WriteNumber("failed", failed);
                line.Number("worst_share", worst);
            });
            return;
        }

        output.WriteLine();
        var sentence = failed == 0
            ? $"{results.Count:N0} cases passed on {_accelerator!.Id}, the worst at {worst * 100:F1}% of its bound"
            : $"{failed:N0} of {results.Count:N0} cases FAILED on {_accelerator!.Id}";
        TextLines.Write(output, sentence, columns);
        output.Flush();
    }

    private void WriteJson(OperationCase declaration, CheckResult result, string again) => json!.Write(line =>
    {
        line.WriteString("event", "case");
        line.WriteString("device", _accelerator!.Description);
        line.WriteString("operation", declaration.Operation);
        line.WriteString("name", declaration.Name);
        line.WriteString("launch", result.Launch);
        line.WriteBoolean("passed", result.Passed);
        line.Number("worst_share", result.WorstShare);
        if (!result.Passed)
        {
            line.WriteString("failure", result.Failure);
            line.WriteString("again", again);
        }
    });

    /// <summary>A name that leaves no room for the verdict gets a line of its own.</summary>
    private void WriteRow(string name, string share, string verdict)
    {
        if (name.Length > _nameWidth)
        {
            output.WriteLine(name);
            name = "";
        }

        output.WriteLine($"{name.PadRight(_nameWidth)}{share,9}  {verdict}");
    }
}
