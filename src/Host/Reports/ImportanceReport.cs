using Gpu.Training.Files;
using Gpu.Training.Loop;

namespace Gpu.Host.Reports;

/// <summary>What <c>gpu eval --importance</c> found of the columns that a model learned from.</summary>
/// <param name="columns">The columns, the most important first.</param>
/// <param name="repeats">Exchanges of each.</param>
/// <param name="isQuantity">Whether a quantity is answered.</param>
internal sealed class ImportanceReport(IReadOnlyList<ColumnImportance> columns, int repeats, bool isQuantity)
{
    private const int LongestName = 40, Numbers = 34;

    internal void WriteText(TextWriter output)
    {
        output.WriteLine();
        var sentence = $"importance of columns: {(isQuantity ? "RMSE that is gained" : "accuracy that is lost")} when the cells of a column are exchanged between rows, "
            + $"mean and deviation of {repeats} times";
        TextLines.Write(output, sentence, TextLines.Columns);
        output.WriteLine();
        var lines = new TextTable("column", isQuantity ? ">RMSE gained" : ">accuracy lost", ">deviation");
        foreach (var column in columns)
        {
            var name = VisibleText.Of(column.Column);
            lines.Add(TextLines.Short(name, Math.Clamp(TextLines.Columns - Numbers, 10, LongestName)), Show(column.Mean), Show(column.Deviation));
        }

        Tables.Write(output, lines, TextLines.InTerminal);
    }

    internal void WriteJson(JsonLine line) => line.Write(json =>
    {
        json.WriteString("event", "importance");
        json.WriteString("measure", isQuantity ? "rmse" : "accuracy");
        json.WriteNumber("repeats", repeats);
        json.WriteStartArray("columns");
        foreach (var column in columns)
        {
            json.WriteStartObject();
            json.WriteString("column", column.Column);
            json.Number("importance", column.Mean);
            json.Number("deviation", column.Deviation);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private string Show(double value) => isQuantity ? Format.Quantity(value) : Format.Percent(value);
}
