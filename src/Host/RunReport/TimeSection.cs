using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training.Loop;

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
    }

    /// <summary>Where the time of a step goes, as it was measured last: by what it does, and by layers.</summary>
    private static void Step(Html page, RunView run)
    {
        var last = LastStep(run);
        if (last.Count == 0)
        {
            return;
        }

        var whole = last.Sum(row => Ways(row.Seconds).Sum(way => way.Seconds));
        BarRow Bar(string name, double seconds) => new(name, seconds / whole, [Format.Seconds(1000 * seconds), Format.Percent(seconds / whole)]);
        page.Raw("<h3>Within a step</h3>").Paragraph($"A step of {run.Recipe.StepSize:N0} samples with a launch for each operation, on one thread of the processor, as the batch by which "
            + $"the layers are measured takes it. The step that trains is another{Taken(run)}: several operations are one launch there, in which they cannot be told apart, and a device with many "
            + "shares its time otherwise.", "note");
        page.Bars("step", ["milliseconds", "share"], last.SelectMany(row => Ways(row.Seconds)).GroupBy(way => way.Name).Select(way => Bar(way.Key, way.Sum(one => one.Seconds))));
        page.Bars("layer", ["milliseconds", "share"], last.Take(MostLayers).SelectMany(row => Ways(row.Seconds).Skip(1).Where(way => way.Seconds > 0)
            .Select(way => Bar($"{row.Layer}: {run.Model.Shape.Layers[row.Layer - 1].Words}, {way.Name}", way.Seconds))));
    }

    /// <summary>How long a step of the last epoch took.</summary>
    private static string Taken(RunView run) =>
        run.Metrics.Column("samples_per_second")?.LastOrDefault() is { } pace and > 0 ? $" and took {Format.Seconds(1000 * run.Recipe.StepSize / pace)} ms in the last epoch" : "";

    /// <summary>What was measured of a step last, a row for each layer; nothing where it was not.</summary>
    internal static IReadOnlyList<LayerRow> LastStep(RunView run) =>
        run.LayerRows.Where(row => row.Seconds != default).GroupBy(row => row.Epoch).OrderBy(epoch => epoch.Key).LastOrDefault()?.ToList() ?? [];

    /// <summary>What a step does in a layer, with the seconds of each; what makes the inputs comes first.</summary>
    internal static (string Name, double Seconds)[] Ways(LayerSeconds seconds) =>
        [("gather", seconds.Gather), ("forward", seconds.Forward), ("backward", seconds.Backward), ("update", seconds.Update)];

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
