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

    internal EpochTable(bool hasValidation, bool hasTest, int width)
    {
        var both = hasValidation && hasTest;
        _gap = both ? " " : "  ";
        _columns =
        [
            ("epoch", 5, e => $"{e.Epoch}"),
            ("loss", 6, e => Format.Loss(e.Train.Loss)),
            ("train", 6, e => Format.Percent(e.Train.Accuracy)),
            .. hasValidation ? Part("valid.", !both, e => e.Validation!.Value) : [],
            .. hasTest ? Part("test", !both, e => e.Test!.Value) : [],
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

    private static IEnumerable<(string, int, Func<EpochReport, string>)> Part(string name, bool withLoss, Func<EpochReport, Evaluation> score) =>
    [
        .. withLoss ? new (string, int, Func<EpochReport, string>)[] { ($"{name}{PartLoss}", 11, e => Format.Loss(score(e).Loss)) } : [],
        (name, 6, e => Format.Percent(score(e).Accuracy)),
        (Matches, 16, e => Format.Matches(score(e))),
    ];

    private string Row(Func<(string Title, int Width, Func<EpochReport, string> Cell), string> cell) =>
        string.Join(_gap, _columns.Select(column => cell(column).PadLeft(column.Width)));
}
