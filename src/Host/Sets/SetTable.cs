using Gpu.Host.Reports;
using Gpu.Training.Sets;

namespace Gpu.Host.Sets;

/// <summary>The results of a set of runs as a table: a row for each run, and what they are worth together.</summary>
internal static class SetTable
{
    private static readonly (string Title, string Name, Func<double, string> Show)[] _classes =
    [
        (">accuracy", "accuracy", Format.Percent), (">balanced", "balanced_accuracy", Format.Percent), (">macro F1", "macro_f1", Format.Percent), (">log loss", "log_loss", Format.Loss),
    ];

    private static readonly (string Title, string Name, Func<double, string> Show)[] _quantity =
    [
        (">RMSE", "rmse", Format.Quantity), (">MAE", "mae", Format.Quantity), (">R2", "r2", Format.Quantity),
    ];

    /// <summary>The measure that comes first: the accuracy, or the root of the mean squared error.</summary>
    internal static (string Name, Func<double, string> Show) First(SetResults results) =>
        IsQuantity(results) ? ("rmse", Format.Quantity) : ("accuracy", Format.Percent);

    /// <summary>Writes the table.</summary>
    internal static void Write(TextWriter output, SetResults results)
    {
        var measures = IsQuantity(results) ? _quantity : _classes;
        var table = new TextTable(["run", .. measures.Select(measure => measure.Title), ">epochs", ">time"]);
        foreach (var (member, result) in results.Set.Members.Zip(results.Results))
        {
            var judged = results.Judged(result);
            table.Add(
            [
                member.Name, .. measures.Select((measure, i) => judged is not null ? Show(measure.Show, judged[measure.Name]) : i == 0 ? State(result.State) : "-"),
                $"{result.Epochs:N0}", Format.Duration(result.TrainSeconds),
            ]);
        }

        if (results.Finished.Count() > 1)
        {
            table.Add(["mean", .. measures.Select(measure => Show(measure.Show, results.Of(measure.Name).Mean)), "", ""]);
            table.Add(["deviation", .. measures.Select(measure => Show(measure.Show, results.Of(measure.Name).Deviation)), "", ""]);
        }

        Tables.Write(output, table, TextLines.InTerminal);
    }

    /// <summary>Says how a run ended that came to its end.</summary>
    internal static void Say(Messages messages, SetResults results, int index)
    {
        var result = results.Results[index];
        if (result.State == MemberState.Finished && results.Judged(result) is { } judged)
        {
            messages.Say($"{results.Set.Members[index].Name}: {Score(judged)}, {result.Epochs:N0} epochs, {Format.Duration(result.TrainSeconds)}");
        }
    }

    /// <summary>A score in words: test accuracy 96.67%, validation RMSE 0.6613.</summary>
    internal static string Score(PartMeasures part) => double.IsFinite(part["rmse"])
        ? $"{part.Part} RMSE {Format.Quantity(part["rmse"])}" : $"{part.Part} accuracy {Format.Percent(part["accuracy"])}";

    private static bool IsQuantity(SetResults results) => results.Finished.Select(results.Judged).Any(part => part is not null && double.IsFinite(part["rmse"]));

    private static string Show(Func<double, string> show, double value) => double.IsFinite(value) ? show(value) : "-";

    private static string State(MemberState state) => state == MemberState.Waiting ? "not begun" : state.ToString().ToLowerInvariant();
}
