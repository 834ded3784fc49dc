using System.Globalization;
using Gpu.Training;

namespace Gpu.Host.Runs;

/// <summary>The table of metrics of a run, read again.</summary>
internal sealed class MetricsTable
{
    private readonly Dictionary<string, double[]> _columns = new(StringComparer.Ordinal);

    /// <summary>The parts of the data that may judge a run, the best judge first.</summary>
    internal static IReadOnlyList<string> Parts { get; } = ["test", "validation", "train"];

    /// <summary>Epochs.</summary>
    internal int Rows { get; private init; }

    /// <summary>The names of the columns.</summary>
    internal IEnumerable<string> Columns => _columns.Keys;

    /// <summary>A column by its name, a number for each epoch, NaN where it has none; null where there is no such column.</summary>
    internal double[]? Column(string name) => _columns.GetValueOrDefault(name);

    /// <summary>The number in the last epoch that has one, because not every epoch need have been evaluated; NaN where none has.</summary>
    internal double Last(string name) => _columns[name].LastOrDefault(value => !double.IsNaN(value), double.NaN);

    /// <summary>Reads it; a last row that was cut off by a kill does not count.</summary>
    /// <exception cref="TrainingException">It is no such table.</exception>
    internal static MetricsTable Read(string path) => Of(path, File.ReadAllLines(path));

    /// <summary>The table that some lines are.</summary>
    internal static MetricsTable Of(string path, string[] lines)
    {
        var names = lines is [var header, ..] ? header.Split(',') : [];
        if (!names.Contains("train_accuracy") && !names.Contains("train_rmse"))
        {
            throw TrainingException.BadData($"{path}: expected the metrics of a run, found another table; name the folder of a run.");
        }

        var rows = lines.Skip(1).Select(line => line.Split(',')).TakeWhile(cells => cells.Length == names.Length).ToList();
        var table = new MetricsTable { Rows = rows.Count };
        foreach (var (at, name) in names.Index())
        {
            table._columns[name] = [.. rows.Select(cells => double.TryParse(cells[at], CultureInfo.InvariantCulture, out var value) ? value : double.NaN)];
        }

        return table;
    }
}
