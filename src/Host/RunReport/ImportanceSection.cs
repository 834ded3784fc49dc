using Gpu.Host.Reports;
using Gpu.Host.Runs;

namespace Gpu.Host.RunReport;

/// <summary>The section about the columns.</summary>
internal static class ImportanceSection
{
    private const int MostColumns = 30;

    internal static void Write(Html page, RunView run)
    {
        if (run.Model.Table is null)
        {
            return;
        }

        page.Section("importance", "Importance");
        if (run.Importance is not { } found)
        {
            page.Paragraph("So many columns and weights take longer than a page may.").Command("To be told", $"gpu eval {TrainRequest.Quote(run.Folder)} --importance");
            return;
        }

        var isQuantity = run.Quantity is not null;
        var measure = isQuantity ? "RMSE gained" : "accuracy lost";
        var greatest = Math.Max(found.Columns.Max(column => column.Mean), double.Epsilon);
        page.Paragraph($"How much worse {found.Rows:N0} of {run.Judge} are answered when the cells of a column are exchanged between them, so that they say nothing of their row: mean and deviation of {PageImportance.Exchanges} times. "
            + "A column that says what another says as well may look like one that is not needed.")
            .Bars("column", [measure, "deviation"], found.Columns.Take(MostColumns).Select(column => new BarRow(column.Column, Math.Max(0, column.Mean / greatest), [Show(column.Mean), Show(column.Deviation)])));
        if (found.Columns.Count > MostColumns)
        {
            page.Paragraph($"The first {MostColumns:N0} of {found.Columns.Count:N0} columns.", "note");
        }

        string Show(double value) => isQuantity ? Format.Quantity(value) : Format.Percent(value);
    }
}
