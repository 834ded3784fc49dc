using System.Globalization;
using System.Text;
using Gpu.Training;
using Gpu.Training.Files;
using Gpu.Training.Loop;

namespace Gpu.Host.Runs;

/// <summary>What was measured of a layer at the end of an epoch.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Layer">The layer, from 1.</param>
/// <param name="DeadShare">The share of its units that say the same to every sample.</param>
/// <param name="Saturated">See <see cref="LayerMeasure.Saturated"/>.</param>
/// <param name="Output">See <see cref="LayerMeasure.Output"/>.</param>
/// <param name="Gradient">See <see cref="LayerMeasure.Gradient"/>.</param>
/// <param name="Update">See <see cref="LayerMeasure.Update"/>.</param>
/// <param name="Forward">See <see cref="LayerMeasure.ForwardSeconds"/>; NaN in a table of a version that did not measure it.</param>
/// <param name="Backward">See <see cref="LayerMeasure.BackwardSeconds"/>.</param>
internal sealed record LayerRow(
    int Epoch, int Layer, double DeadShare, double Saturated, double Output, double Gradient, double Update, double Forward, double Backward);

/// <summary>
/// The measurements of the layers of a run as a table: a row for each layer and epoch that was measured. It serves the page alone, so nothing waits
/// until it is on the disk.
/// </summary>
internal static class LayersTable
{
    /// <summary>How the table begins, and began in earlier versions: what tells it from files of others.</summary>
    internal const string Start = "epoch,layer,dead,saturated,output,gradient,update";

    private const string Header = Start + ",forward_seconds,backward_seconds";

    /// <summary>Makes the table anew with the rows of the first epochs of the one that is there, if any.</summary>
    internal static void Begin(string path, int epochs) => Write(path, [.. Read(path).Where(row => row.Epoch <= epochs)]);

    /// <summary>Adds the measurements of an epoch.</summary>
    /// <exception cref="TrainingException">They cannot be written.</exception>
    internal static void Add(string path, int epoch, IEnumerable<LayerMeasure> layers)
    {
        try
        {
            File.AppendAllLines(path, layers.Select(layer => Line(new LayerRow(
                epoch, layer.Layer, (double)layer.Dead / layer.Units, layer.Saturated, layer.Output, layer.Gradient, layer.Update,
                layer.ForwardSeconds, layer.BackwardSeconds))));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw TrainingException.DiskFailed(path, cause);
        }
    }

    /// <summary>The rows of a table, those that are whole; none where there is no table.</summary>
    internal static IReadOnlyList<LayerRow> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        var (all, earlier) = (Header.Split(',').Length, Start.Split(',').Length);
        var rows = File.ReadLines(path).Skip(1).Select(line => line.Split(',')).Where(cells => cells.Length == all || cells.Length == earlier);
        return [.. rows.Select(cells => Array.ConvertAll(cells, cell => double.TryParse(cell, CultureInfo.InvariantCulture, out var value) ? value : double.NaN))
            .Select(values => new LayerRow((int)values[0], (int)values[1], values[2], values[3], values[4], values[5], values[6],
                values.Length == all ? values[7] : double.NaN, values.Length == all ? values[8] : double.NaN))];
    }

    private static void Write(string path, IReadOnlyList<LayerRow> rows)
    {
        var text = string.Concat(rows.Select(Line).Prepend(Header).Select(line => line + "\n"));
        AtomicFile.Replace(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    private static string Line(LayerRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.Epoch},{row.Layer},{row.DeadShare:G6},{row.Saturated:G6},{row.Output:G6},{row.Gradient:G6},{row.Update:G6},{row.Forward:G6},{row.Backward:G6}");
}
