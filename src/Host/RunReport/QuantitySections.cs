using Gpu.Host.Reports;

namespace Gpu.Host.RunReport;

/// <summary>The sections about what a network answers where it learned a quantity: answers beside what is true, residuals, the worst rows.</summary>
internal static class QuantitySections
{
    private const int MostPoints = 1000;
    private const int MostWorst = 20;

    internal static void Write(Html page, string quantity, QuantityFindings findings)
    {
        page.Section("answers", "Answers").Raw("<div class=charts>").Raw(Charts.Answers(quantity, Points(findings)))
            .Raw(Charts.Histogram("residuals: answer less quantity", quantity, [.. findings.Residuals])).Raw("</div>");
        var rows = findings.Data.Count;
        if (rows > MostPoints)
        {
            page.Paragraph($"The points are {MostPoints:N0} of {rows:N0} rows, evenly taken.", "note");
        }

        page.Section("mistakes", "Worst rows").Paragraph("Those whose answers are furthest away, with their numbers in the table, counted from 1 below its header.")
            .Table([">row", $">{quantity}", ">answer", ">residual"], findings.Worst.Take(MostWorst).Select(sample => new[]
            {
                $"{findings.Data.NumberOf(sample)}", Format.Quantity(findings.Data.QuantityOf(sample)), Format.Quantity(findings.Answer(sample)), Format.Quantity(findings.Residual(sample)),
            }));
    }

    private static List<(double X, double Y)> Points(QuantityFindings findings)
    {
        var step = Math.Max(1, (findings.Data.Count + MostPoints - 1) / MostPoints);
        return [.. Enumerable.Range(0, findings.Data.Count / step).Select(n => (findings.Data.QuantityOf(n * step), findings.Answer(n * step)))];
    }
}
