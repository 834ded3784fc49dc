using Gpu.Host.Reports;
using Gpu.Host.Runs;

namespace Gpu.Host.RunReport;

/// <summary>What happens in each layer: dead and flat units, outputs, gradients, and how far its numbers move.</summary>
internal static class LayerSection
{
    /// <summary>Layers whose charts are shown; of others there is the table.</summary>
    private const int MostCharts = 8;

    internal static void Write(Html page, RunView run)
    {
        page.Section("layers", "Layers").Paragraph("On one fixed batch of 1,024 training samples, or all where there are fewer. A unit is dead that says the same to each of them; an output is flat "
            + "where the slope of its activation is below a hundredth, so that little of a gradient goes through.");
        page.Table(["layer", ">units", ">dead", ">flat outputs", ">size of outputs", ">norm of gradient"], run.Layers.Select(layer => new[]
        {
            $"{layer.Layer}: {run.Model.Shape.Layers[layer.Layer - 1].Words}", $"{layer.Units:N0}", $"{layer.Dead:N0}", double.IsNaN(layer.Saturated) ? "" : Format.Percent(layer.Saturated),
            Format.Loss(layer.Output), double.IsNaN(layer.Gradient) ? "" : Format.Loss(layer.Gradient),
        }));
        page.Raw("<div class=charts>");
        ByEpoch(page, run, "dead share of each layer", row => row.DeadShare, isShownAtZero: false);
        ByEpoch(page, run, "flat share of outputs", row => row.Saturated, isShownAtZero: false);
        ByEpoch(page, run, "norm of the gradient of each layer", row => row.Gradient, isShownAtZero: true);
        ByEpoch(page, run, "movement in an epoch, in shares of the norm", row => row.Update, isShownAtZero: true);
        foreach (var layer in run.Layers.Take(MostCharts))
        {
            page.Raw(Charts.Histogram($"outputs of layer {layer.Layer}", "output", [("", layer.Outputs.Counts)], layer.Outputs.Low, layer.Outputs.Width));
            if (!double.IsNaN(layer.Gradient))
            {
                page.Raw(Charts.Histogram($"gradient of layer {layer.Layer}", "decimal logarithm of its magnitude", [("", layer.Gradients.Counts)], layer.Gradients.Low, layer.Gradients.Width));
            }
        }

        page.Raw("</div>");
    }

    /// <summary>A curve for each layer; none where there is nothing to see.</summary>
    private static void ByEpoch(Html page, RunView run, string title, Func<LayerRow, double> value, bool isShownAtZero)
    {
        var epochs = run.LayerRows.Select(row => row.Epoch).DefaultIfEmpty(0).Max();
        var curves = run.LayerRows.GroupBy(row => row.Layer).OrderBy(layer => layer.Key).Take(MostCharts).Select(layer => new Curve($"layer {layer.Key}", Values(layer, epochs, value))).ToList();
        var seen = curves.Where(curve => curve.Values.Count(double.IsFinite) > 1 && curve.Values.Any(v => double.IsFinite(v) && (isShownAtZero || v > 0))).ToList();
        if (seen.Count > 0)
        {
            page.Raw(Charts.ByEpoch(title, seen));
        }
    }

    private static double[] Values(IEnumerable<LayerRow> rows, int epochs, Func<LayerRow, double> value)
    {
        var values = new double[epochs];
        values.AsSpan().Fill(double.NaN);
        foreach (var row in rows.Where(row => row.Epoch >= 1 && row.Epoch <= epochs))
        {
            values[row.Epoch - 1] = value(row);
        }

        return values;
    }
}
