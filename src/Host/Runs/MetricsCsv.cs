using System.Globalization;
using System.Text;
using Gpu.Host.Reports;
using Gpu.Training.Metrics;

namespace Gpu.Host.Runs;

/// <summary>
/// The epochs of a run as a table: the columns are named as the keys of the JSON events, and those without data are left out.
/// </summary>
internal static class MetricsCsv
{
    /// <summary>Writes a row for each epoch; without epochs, the header alone.</summary>
    internal static void Write(string path, IReadOnlyList<EpochReport> epochs)
    {
        (string Name, Func<EpochReport, object> Value)[] columns =
        [
            ("epoch", e => e.Epoch),
            ("train_loss", e => e.Train.Loss),
            ("train_accuracy", e => e.Train.Accuracy),
            .. epochs.Any(e => e.Validation is not null) ? Part("validation", e => e.Validation!.Value) : [],
            .. epochs.Any(e => e.Test is not null) ? Part("test", e => e.Test!.Value) : [],
            ("train_seconds", e => e.TrainSeconds),
            ("samples_per_second", e => e.SamplesPerSecond),
            ("learning_rate", e => e.LearningRate),
        ];
        var text = new StringBuilder().AppendJoin(',', columns.Select(column => column.Name)).Append('\n');
        foreach (var epoch in epochs)
        {
            text.AppendJoin(',', columns.Select(column => Convert.ToString(column.Value(epoch), CultureInfo.InvariantCulture))).Append('\n');
        }

        File.WriteAllText(path, text.ToString());
    }

    private static IEnumerable<(string, Func<EpochReport, object>)> Part(string name, Func<EpochReport, Evaluation> of) =>
    [
        ($"{name}_loss", e => of(e).Loss),
        ($"{name}_accuracy", e => of(e).Accuracy),
        ($"{name}_correct", e => of(e).Correct),
    ];
}
