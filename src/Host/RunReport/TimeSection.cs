using Gpu.Host.Reports;
using Gpu.Host.Runs;

namespace Gpu.Host.RunReport;

/// <summary>Where the time of a run went.</summary>
internal static class TimeSection
{
    private const int MostLayers = 16;

    internal static void Write(Html page, RunView run)
    {
        var times = run.Times;
        if (!(times.Total > 0))
        {
            return;
        }

        page.Section("time", "Time").Paragraph($"{Format.Duration(times.Total)} over all processes that worked on this run.")
            .Bars("where it went", ["seconds", "share"], times.Parts.Select(part => new BarRow(
                Describe(part.Part), part.Seconds / times.Total, [Format.Seconds(part.Seconds), Format.Percent(part.Seconds / times.Total)])));
        Step(page, run);
        Layers(page, run);
    }

    /// <summary>What a step takes, launch by launch.</summary>
    private static void Step(Html page, RunView run)
    {
        if (run.Times.Step is not { Count: > 0 } step)
        {
            return;
        }

        var whole = step.Sum(part => part.Seconds);
        page.Raw("<h3>Within a step</h3>").Paragraph(step.Count == 1
                ? "The device takes a step, or several, in one go, so that its parts cannot be told apart."
                : "The mean of some steps in the middle of an epoch, measured while they trained. What the device does in one go is one row, named by all that it does: gather (fetch "
                + "the samples of the batch), forward (outputs), loss (and how the outputs should change), backward (how the weights should change), update (change them), tally (add up "
                + "losses and right answers).", "note")
            .Bars($"step of {run.Recipe.StepSize:N0} {(run.Recipe.StepSize == 1 ? "sample" : "samples")}", ["microseconds", "share"], step.Select(part => new BarRow(
                part.Name, part.Seconds / whole, [Format.Seconds(1e6 * part.Seconds), Format.Percent(part.Seconds / whole)])));
    }

    /// <summary>How the arithmetic is shared by the layers, as they were measured last.</summary>
    private static void Layers(Html page, RunView run)
    {
        var last = run.LayerRows.Where(row => row.Forward > 0 && row.Backward > 0).GroupBy(row => row.Epoch).OrderBy(epoch => epoch.Key).LastOrDefault()?.Take(MostLayers).ToList();
        if (last is null)
        {
            return;
        }

        var whole = last.Sum(row => row.Forward + row.Backward);
        page.Raw("<h3>Layer by layer</h3>").Paragraph(
                "The batch by which the layers are measured, each layer by itself on one thread of the processor: a step shares its time otherwise where threads or a device take part, or "
                + "launches do several things at once.", "note")
            .Bars("layer", ["milliseconds", "share"], last.SelectMany(row => new[] { ("forward", row.Forward), ("backward", row.Backward) }.Select(way => new BarRow(
                $"{row.Layer}: {run.Model.Shape.Layers[row.Layer - 1].Words}, {way.Item1}", way.Item2 / whole, [Format.Seconds(1000 * way.Item2), Format.Percent(way.Item2 / whole)]))));
    }

    private static string Describe(RunPart part) => part switch
    {
        RunPart.Data => "data: read, encoded, counted",
        RunPart.Preparation => "device, kernels, memory",
        RunPart.Training => "training",
        RunPart.Evaluation => "evaluation",
        RunPart.Writing => "checkpoints, metrics, model",
        RunPart.Page => "this page, as far as the run waited for it",
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "No part of a run's time."),
    };
}
