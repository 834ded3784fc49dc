using Gpu.Training.Metrics;

namespace Gpu.Host.Reports;

/// <summary>
/// The table of epochs: a row as each ends, no wider than it may be. Where only one part of the data is evaluated its loss is shown too;
/// with two, or on a narrow terminal, there is no room, and columns that say least are left out.
/// </summary>
internal sealed class EpochTable
{
    private const string Matches = "matches";
    private const string PartLoss = " loss";
    private const string Pace = "samples/s";
    private readonly (string Title, int Width, Func<EpochReport, string> Cell)[] _columns;
    private readonly string _gap;

    internal EpochTable(RunStart start, int width)
    {
        var both = start is { HasValidation: true, HasTest: true };
        _gap = both ? " " : "  ";
        _columns =
        [
            ("epoch", 5, e => $"{e.Epoch}"),
            ("loss", 6, e => Format.Loss(e.Train.Loss)),
            start.IsQuantity ? ("train RMSE", 10, e => Format.Quantity(e.Train.Rmse)) : ("train", 6, e => Format.Percent(e.Train.Accuracy)),
            .. start.HasValidation ? Part("valid.", !both, start.IsQuantity, e => e.Validation) : [],
            .. start.HasTest ? Part("test", !both, start.IsQuantity, e => e.Test) : [],
            (Pace, 9, e => $"{e.SamplesPerSecond:N0}"),
        ];
        foreach (var least in new Func<string, bool>[] { title => title == Matches, title => title.EndsWith(PartLoss, StringComparison.Ordinal), title => title == Pace })
        {
            if (_columns.Sum(column => column.Width) + ((_columns.Length - 1) * _gap.Length) > width)
            {
                _columns = [.. _columns.Where(column => !least(column.Title))];
            }
        }
    }

    internal string Header => Row(column => column.Title);

    internal string Row(EpochReport epoch) => Row(column => column.Cell(epoch));

    /// <summary>The columns of a part; empty in an epoch that was not evaluated.</summary>
    private static IEnumerable<(string, int, Func<EpochReport, string>)> Part(string name, bool withLoss, bool isQuantity, Func<EpochReport, Evaluation?> score)
    {
        return
        [
            .. withLoss ? [($"{name}{PartLoss}", 11, Of(part => Format.Loss(part.Loss)))] : Array.Empty<(string, int, Func<EpochReport, string>)>(),
            .. isQuantity
                ? [($"{name} RMSE", 11, Of(part => Format.Quantity(part.Rmse)))]
                : new (string, int, Func<EpochReport, string>)[] { (name, 6, Of(part => Format.Percent(part.Accuracy))), (Matches, 16, Of(Format.Matches)) },
        ];

        Func<EpochReport, string> Of(Func<Evaluation, string> text) => epoch => score(epoch) is { } part ? text(part) : "";
    }

    private string Row(Func<(string Title, int Width, Func<EpochReport, string> Cell), string> cell) =>
        string.Join(_gap, _columns.Select(column => cell(column).PadLeft(column.Width)));
}
