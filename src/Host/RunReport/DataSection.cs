using System.Runtime.InteropServices;
using Gpu.Host.Runs;
using Gpu.Training.Data;
using Gpu.Training.Models;

namespace Gpu.Host.RunReport;

/// <summary>What a run learned from: classes or the quantity, samples or columns. It is the same in every page of a run, so it is made once.</summary>
internal static class DataSection
{
    private const int SheetColumns = 16;
    private const int MostColumns = 200;
    private const int MostSamples = 256;

    /// <summary>What goes into the section.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="model">A model of the run.</param>
    /// <param name="hash">The SHA-256 of the samples.</param>
    internal static string Write(TrainingData data, Model model, string hash)
    {
        var page = new Html();
        page.Paragraph(data.Description);
        var parts = new (string Name, DataSet? Data)[] { ("training", data.Train), ("validation", data.Validation), ("test", data.Test ?? data.Final) }
            .Where(part => part.Data is { IsLabelled: true }).Select(part => (part.Name, Data: part.Data!)).ToList();
        page.Raw(data.Train.Quantity is null
            ? Charts.Classes(RunView.NamesOf(model), [.. parts.Select(part => (part.Name, Counts(part.Data, model.Shape.Outputs)))])
            : Charts.Histogram($"{data.Table!.Target} in the training rows", data.Table.Target, Quantities(data.Train)));
        if (model.ImageHeight > 1)
        {
            page.Raw($"<img class=sheet alt=\"samples, one row a class\" src=\"{SampleSheet.Of(data.Train, model.Shape.Outputs, SheetColumns)}\">");
        }

        if (data.Table is { } table)
        {
            Columns(page, table, data.Train);
        }

        return page.Raw($"<p>SHA-256 of the samples: <code>{Html.Text(hash)}</code></p>").ToString();
    }

    private static void Columns(Html page, ModelTable table, DataSet train)
    {
        var missing = Missing(table.Encoding, train);
        page.Raw("<h3>Columns</h3>").Table(["column", "kind", ">missing", ">inputs", "what becomes of it"], table.Encoding.Columns.Take(MostColumns).Select(column => new[]
        {
            column.Name, column is LeftOutEncoding ? "" : ColumnKinds.NameOf(table.KindOf(column.Name)), missing.TryGetValue(column.Name, out var cells) ? $"{cells:N0}" : "",
            $"{column.Features.Count:N0}", column.Describe(),
        }));
        page.Paragraph($"Missing cells are those of the {train.Count:N0} training rows"
            + (table.Encoding.Columns.Count > MostColumns ? $"; these are the first {MostColumns:N0} of {table.Encoding.Columns.Count:N0} columns." : "."), "note");
    }

    /// <summary>Missing cells of the training rows: the encoding has an input that says so for each column that has some.</summary>
    private static Dictionary<string, int> Missing(TableEncoding encoding, DataSet train)
    {
        var missing = encoding.Placed.ToDictionary(placed => placed.Column.Name, _ => 0, StringComparer.Ordinal);
        var flags = encoding.Placed.Where(placed => placed.Column.Missing is not null)
            .Select(placed => (placed.Column.Name, Input: placed.First + placed.Column.Missing!.Value.Input, placed.Column.Missing.Value.Number)).ToList();

        // Many at a time into one place: of a large table, an array for each row would be as much as the table.
        var some = new float[Math.Min(train.Count, MostSamples) * (train.Samples.Features / sizeof(float))];
        for (var sample = 0; flags.Count > 0 && sample < train.Count; sample++)
        {
            if (sample % MostSamples == 0)
            {
                train.Samples.Read(sample, MemoryMarshal.AsBytes(some.AsSpan())[..(Math.Min(MostSamples, train.Count - sample) * train.Samples.Features)]);
            }

            var inputs = some.AsSpan(sample % MostSamples * (train.Samples.Features / sizeof(float)));
            foreach (var flag in flags)
            {
                missing[flag.Name] += inputs[flag.Input] == flag.Number ? 1 : 0;
            }
        }

        return missing;
    }

    private static double[] Quantities(DataSet data) => [.. Enumerable.Range(0, data.Count).Select(data.QuantityOf)];

    private static long[] Counts(DataSet data, int classes)
    {
        var counts = new long[classes];
        foreach (var label in data.Labels)
        {
            counts[label]++;
        }

        return counts;
    }
}
