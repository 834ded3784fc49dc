using Gpu.Training.Metrics;

namespace Gpu.Host.Reports;

/// <summary>
/// The table of epochs: a row as each ends, at most 79 characters wide. Where only one part of the data is evaluated its loss
/// is shown too; with two there is no room.
/// </summary>
internal sealed class EpochTable
{
    private readonly (string Title, int Width, Func<EpochReport, string> Cell)[] _columns;
    private readonly string _gap;

    internal EpochTable(bool hasValidation, bool hasTest)
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
            ("samples/s", 9, e => $"{e.SamplesPerSecond:N0}"),
        ];
    }

    internal string Header => Row(column => column.Title);

    internal string Row(EpochReport epoch) => Row(column => column.Cell(epoch));

    private static IEnumerable<(string, int, Func<EpochReport, string>)> Part(string name, bool withLoss, Func<EpochReport, Evaluation> score) =>
    [
        .. withLoss ? new (string, int, Func<EpochReport, string>)[] { ($"{name} loss", 11, e => Format.Loss(score(e).Loss)) } : [],
        (name, 6, e => Format.Percent(score(e).Accuracy)),
        ("matches", 16, e => Format.Matches(score(e))),
    ];

    private string Row(Func<(string Title, int Width, Func<EpochReport, string> Cell), string> cell) =>
        string.Join(_gap, _columns.Select(column => cell(column).PadLeft(column.Width)));
}
