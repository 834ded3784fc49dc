using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Metrics;

namespace Gpu.Host.RunReport;

/// <summary>How far the last hidden layer tells the samples that judge a run apart: two principal components of it, in the colours of the classes.</summary>
internal static class ComponentSection
{
    private const int MostSamples = 512;

    /// <summary>More numbers than this are not gone through a hundred times for a picture.</summary>
    private const int MostNumbers = 4_000_000;

    /// <summary>Classes that can be told apart by their colours.</summary>
    private const int MostGroups = 10;

    internal static void Write(Html page, RunView run)
    {
        var layers = run.Model.Shape.Layers;
        var columns = layers[Math.Max(0, layers.Count - 2)].Outputs;
        var (_, data) = RunData.Judge(run.Data);
        var count = Math.Min(data.Count, Math.Min(MostSamples, MostNumbers / columns));
        if (layers.Count < 2 || columns < 2 || count < 3 || (run.Quantity is null && run.Model.Shape.Outputs > MostGroups))
        {
            return;
        }

        int[] samples = [.. Enumerable.Range(0, count).Select(n => (int)((long)n * data.Count / count))];
        var (first, second, firstShare, secondShare) = PrincipalComponents.Of(HiddenLayer.Outputs(run.Model, data, samples), columns);
        var groups = Groups(run, data, samples).Select(group => (group.Name, group.Places.Select(at => ((double)first[at], (double)second[at])).ToList())).ToList();
        page.Section("components", "Last hidden layer")
            .Paragraph($"{count:N0} of {run.Judge}, evenly taken, as the last hidden layer of {columns:N0} outputs sees them: its two principal components, with {Format.Percent(firstShare)} and {Format.Percent(secondShare)} of the variance. What lies apart here is easy for the last layer.")
            .Raw(Charts.Groups("principal components of the last hidden layer", "first component", groups));
    }

    /// <summary>The places of the samples by their classes, or by thirds of their quantity.</summary>
    private static IEnumerable<(string Name, List<int> Places)> Groups(RunView run, DataSet data, int[] samples)
    {
        if (run.Quantity is null)
        {
            return run.Names.Select((name, c) => (name, Enumerable.Range(0, samples.Length).Where(at => data.Labels[samples[at]] == c).ToList()));
        }

        int[] ordered = [.. Enumerable.Range(0, samples.Length).OrderBy(at => data.QuantityOf(samples[at]))];
        var names = new[] { $"lowest third of {run.Quantity}", "middle third", "highest third" };
        return names.Select((name, third) => (name, ordered[(third * samples.Length / 3)..((third + 1) * samples.Length / 3)].ToList()));
    }
}
