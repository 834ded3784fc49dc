using Gpu.Kernels.Ops;
using Gpu.Training.Augmentation;
using Gpu.Training.Data;
using Gpu.Training.Models;
using Gpu.Training.Recipes;

namespace Gpu.Host.Reports;

/// <summary>What <c>gpu data</c> shows of samples of bytes: images, or arrays.</summary>
/// <param name="name">What they are called.</param>
/// <param name="train">The training samples, where there are any.</param>
/// <param name="test">The test samples, where there are any.</param>
/// <param name="augmentation">What is done to the images that are shown, or null.</param>
internal sealed class SamplesReport(string name, DataSet? train, DataSet? test, ImageAugmentation? augmentation)
{
    /// <summary>Images that are drawn as text, each the first one of its class.</summary>
    private const int Drawn = 4;

    /// <summary>Rows of the largest image that is.</summary>
    private const int HighestDrawn = 64;

    private readonly (string Name, DataSet Data)[] _parts =
        [.. new (string Name, DataSet? Data)[] { ("training", train), ("test", test) }.Where(part => part.Data is not null).Select(part => (part.Name, part.Data!))];

    /// <summary>A line for each part, and a table of the classes.</summary>
    internal void WriteText(TextWriter output)
    {
        TextLines.Write(output, $"{name}: {(_parts[0].Data.Height > 1 ? $"images of {_parts[0].Data.Height} x {_parts[0].Data.Width}" : $"samples of {_parts[0].Data.Features:N0} values")}", TextLines.InTerminal);
        foreach (var (part, data) in _parts)
        {
            var statistics = data.Statistics;
            TextLines.Write(output, $"{part,-8}  {data.Count:N0} samples, {Format.Bytes(data.Samples.Bytes)}, values from {statistics.Min} to {statistics.Max}, "
                + $"{Format.Percent(1 - statistics.Density)} of them 0{(data.IsLabelled ? "" : "; no labels")}", TextLines.InTerminal, hang: 10);
        }

        var classes = _parts.Max(part => part.Data.Classes);
        if (classes > 0)
        {
            WriteClasses(output, classes);
        }

        var shown = _parts[0].Data;
        if (shown.Height is > 1 and <= HighestDrawn && shown.Width <= TextLines.Columns && !shown.AreFloats)
        {
            WriteSome(output, shown);
        }
    }

    /// <summary>The first images of some classes as text, in the first epoch where they are augmented.</summary>
    private void WriteSome(TextWriter output, DataSet data)
    {
        var chosen = SheetFile.Firsts(data, Drawn);
        var images = augmentation is null ? data.Select(chosen) : AugmentedSamples.Make(augmentation, data, chosen, Recipe.Default.Seed, epoch: 0);
        DigitArt.Write(output, images, [.. chosen.Select((sample, i) => (i, $"{sample + 1:N0}"
            + (data.IsLabelled ? $": {ModelNames.NameOf(data.ClassNames, data.Labels[sample])}" : "")))], TextLines.Columns);
    }

    private void WriteClasses(TextWriter output, int classes)
    {
        output.WriteLine();
        var table = new TextTable(["class", .. _parts.SelectMany(part => new[] { $">{part.Name}", ">share" })]);
        var counts = _parts.Select(part => Counts(part.Data, classes)).ToArray();
        for (var c = 0; c < classes; c++)
        {
            table.Add([ModelNames.NameOf(_parts[0].Data.ClassNames, c), .. _parts.SelectMany((part, p) => new[]
            {
                $"{counts[p][c]:N0}", part.Data.IsLabelled ? Format.Percent((double)counts[p][c] / part.Data.Count) : "",
            })]);
        }

        Tables.Write(output, table, TextLines.InTerminal);
    }

    /// <summary>One object for each part.</summary>
    internal void WriteJson(JsonLine line)
    {
        foreach (var (part, data) in _parts)
        {
            line.Write(json =>
            {
                json.WriteString("data", name);
                json.WriteString("kind", "samples");
                json.WriteString("part", part);
                json.WriteNumber("samples", data.Count);
                json.WriteNumber("height", data.Height);
                json.WriteNumber("width", data.Width);
                json.WriteNumber("minimum", data.Statistics.Min);
                json.WriteNumber("maximum", data.Statistics.Max);
                json.WriteStartArray("classes");
                var counts = Counts(data, data.Classes);
                for (var c = 0; c < data.Classes; c++)
                {
                    json.WriteStartObject();
                    json.WriteString("name", ModelNames.NameOf(data.ClassNames, c));
                    json.WriteNumber("samples", counts[c]);
                    json.Number("share", (double)counts[c] / data.Count);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
        }
    }

    private static int[] Counts(DataSet data, int classes)
    {
        var counts = new int[classes];
        foreach (var label in data.Labels)
        {
            counts[label]++;
        }

        return counts;
    }
}
