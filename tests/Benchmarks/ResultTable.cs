using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gpu.Benchmarks;

/// <summary>
/// Turns the JSON lines of one <c>gpu bench</c> run into a table for people, in <c>tests/Benchmarks/results</c>. Lines that
/// <c>torch_peer.py</c> appended in the same run stand beside ours. Nothing is measured here, and nothing is left out.
/// </summary>
internal sealed class ResultTable
{
    private const int SamplesOfEpoch = 60_000;
    private readonly List<JsonElement> _lines;
    private readonly List<string> _peers;
    private readonly JsonElement _machine;
    private readonly StringBuilder _text = new();

    private ResultTable(IEnumerable<string> lines)
    {
        _lines = [.. lines.Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement)];
        _machine = Of("machine").First();
        _peers = [.. _lines.Select(Device).Distinct().Where(device => device != Device(_machine))];
    }

    /// <summary>Writes the table of a file of lines into a folder and returns its path, which is named for the device.</summary>
    internal static string Write(string file, string folder)
    {
        var table = new ResultTable(File.ReadAllLines(file));
        var name = string.Concat(Device(table._machine).ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        var path = Path.Combine(folder, string.Join('-', name.Split('-', StringSplitOptions.RemoveEmptyEntries)) + ".md");
        Directory.CreateDirectory(folder);
        File.WriteAllText(path, table.Text());
        return path;
    }

    private static string Device(JsonElement line) => line.GetProperty("device").GetString()!;

    private string Text()
    {
        _text.Append("# ").Append(Device(_machine)).Append("\n\n");
        foreach (var machine in Of("machine"))
        {
            var facts = machine.EnumerateObject().Where(p => p.Name is not ("event" or "device" or "command") && p.Value.ValueKind != JsonValueKind.Null);
            _text.Append($"- {Device(machine)}: `{machine.GetProperty("command")}`; {string.Join(", ", facts.Select(p => $"{p.Name} {p.Value}"))}\n");
        }

        foreach (var peak in Of("peak"))
        {
            _text.Append($"- measured peak: {Number(peak, "gflops", "N0")} GFLOP/s, {Number(peak, "gbytes_per_second", "N0")} GB/s\n");
        }

        foreach (var launch in Of("launch"))
        {
            _text.Append($"- a launch of {launch.GetProperty("name")}: {Number(launch, "microseconds_alone", "N2")} us alone, "
                + $"{Number(launch, "microseconds_in_sequence", "N2")} us in a sequence of {launch.GetProperty("sequence")}\n");
        }

        foreach (var start in Of("start"))
        {
            _text.Append($"- {start.GetProperty("name")}, to the first step of {start.GetProperty("network")}: {Number(start, "seconds", "N2")} s\n");
        }

        WriteSteps();
        WriteOperations();
        return _text.ToString();
    }

    /// <summary>Training steps, ours first, then those of each peer.</summary>
    private void WriteSteps()
    {
        Head("Training steps", ["network", "us a step", "s an epoch of 60,000", .. _peers.SelectMany(peer => (string[])[$"{peer}, us", "s"])]);
        foreach (var step in Ours("step"))
        {
            var network = step.GetProperty("network").GetString();
            Row([$"{network}, batch {step.GetProperty("batch")}", .. Step(step),
                .. _peers.SelectMany(peer => Step(Theirs(peer, "step").FirstOrDefault(s => s.GetProperty("network").GetString() == network)))]);
        }
    }

    private static string[] Step(JsonElement step) => step.ValueKind == JsonValueKind.Undefined ? ["", ""]
        : [Number(step, "microseconds", "N1"), (SamplesOfEpoch / step.GetProperty("samples_per_second").GetDouble()).ToString("N4", CultureInfo.InvariantCulture)];

    /// <summary>Operations; beside those that a peer has too, our share of its rate.</summary>
    private void WriteOperations()
    {
        if (!Ours("operation").Any())
        {
            return;
        }

        var peers = _peers.Where(peer => Theirs(peer, "operation").Any()).ToList();
        Head("Operations", ["operation", "us", "rate", "of peak", "of bound", .. peers.SelectMany(peer => (string[])[$"{peer}, GFLOP/s", "ours of theirs"])]);
        foreach (var operation in Ours("operation"))
        {
            var name = operation.GetProperty("name").GetString();
            var rate = operation.TryGetProperty("gflops", out var gflops) ? $"{gflops.GetDouble():N1} GFLOP/s" : $"{Number(operation, "gbytes_per_second", "N1")} GB/s";
            Row([$"`{name}`", Number(operation, "microseconds", "N2"), operation.GetProperty("passed").GetBoolean() ? rate : "WRONG",
                Percent(operation.GetProperty("share_of_peak")), Percent(operation.GetProperty("worst_share")),
                .. peers.SelectMany(peer => Beside(gflops, Theirs(peer, "operation").FirstOrDefault(o => o.GetProperty("name").GetString() == name)))]);
        }
    }

    private static string[] Beside(JsonElement ours, JsonElement theirs) => theirs.ValueKind == JsonValueKind.Undefined ? ["", ""]
        : [Number(theirs, "gflops", "N1"), (ours.GetDouble() / theirs.GetProperty("gflops").GetDouble()).ToString("P1", CultureInfo.InvariantCulture)];

    private IEnumerable<JsonElement> Of(string kind) => _lines.Where(line => line.GetProperty("event").GetString() == kind);

    private IEnumerable<JsonElement> Ours(string kind) => Theirs(Device(_machine), kind);

    private IEnumerable<JsonElement> Theirs(string device, string kind) => Of(kind).Where(line => Device(line) == device);

    /// <summary>A number as people read it; null, which stands for what is no number, as nothing.</summary>
    private static string Number(JsonElement line, string name, string format) => line.GetProperty(name) is { ValueKind: JsonValueKind.Number } number
        ? number.GetDouble().ToString(format, CultureInfo.InvariantCulture)
        : "";

    private static string Percent(JsonElement share) => share.ValueKind == JsonValueKind.Number ? share.GetDouble().ToString("P1", CultureInfo.InvariantCulture) : "";

    private void Head(string title, IReadOnlyList<string> columns)
    {
        _text.Append($"\n## {title}\n\n");
        Row(columns);
        Row([.. columns.Select(_ => "---")]);
    }

    private void Row(IEnumerable<string> cells) => _text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
