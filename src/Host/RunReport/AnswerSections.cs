using System.Globalization;
using Gpu.Host.Reports;

namespace Gpu.Host.RunReport;

/// <summary>The sections about what a network answers to the samples that judge it: confusion, classes, mistakes, calibration.</summary>
internal static class AnswerSections
{
    private const int MostConfused = 10;
    private const int MostRows = 20;

    internal static void Write(Html page, RunView run, Findings findings)
    {
        Classes(page, run, findings);
        Mistakes(page, run, findings);
        Calibration(page, findings);
        if (findings.Answers.Auc is { } area)
        {
            page.Section("roc", "ROC").Paragraph($"For each probability from which on '{run.Names[1]}' is answered: the share of the samples of '{run.Names[0]}' that is then answered wrong, and of those of '{run.Names[1]}' that is answered right. Area under the curve: {area.ToString("F4", CultureInfo.InvariantCulture)}; an answer without looking has 0.5.")
                .Raw(Charts.Roc(run.Names, findings.Answers.Roc));
        }
    }

    private static void Classes(Html page, RunView run, Findings findings)
    {
        var names = run.Names;
        page.Section("confusion", "Confusion").Paragraph(run.AreImages ? "A row for each label, a column for each answer. A cell opens its samples." : "A row for each label, a column for each answer.")
            .Raw(ConfusionTable.Write(findings.Matrix, names)).Raw("<div id=gallery class=gallery hidden></div>");
        page.Section("classes", "Classes").Table(["class", ">samples", ">precision", ">recall", ">F1"], Enumerable.Range(0, names.Length).Select(findings.Matrix.Of).Select(of =>
            new[] { names[of.Label], $"{of.Support:N0}", Share(of.Precision), Share(of.Recall), Share(of.F1) }));
        page.Raw("<h3>Most confused</h3>").Table(["label", "answer", ">samples"], findings.Confused().Take(MostConfused).Select(pair =>
            new[] { names[pair.Label], names[pair.Answer], $"{pair.Count:N0}" }));
    }

    private static void Mistakes(Html page, RunView run, Findings findings)
    {
        var count = findings.Score.Count - findings.Score.Correct;
        if (run.AreImages && count > 0)
        {
            page.Section("mistakes", "Mistakes").Paragraph($"The worst {Math.Min(PageData.Worst, count):N0} of {count:N0}, those first whose label was thought least likely.")
                .Raw("<div id=mistake-list class=gallery></div>");
        }
        else if (count > 0)
        {
            page.Section("mistakes", "Mistakes").Paragraph($"The worst {Math.Min(MostRows, count):N0} of {count:N0}, those first whose label was thought least likely, with their numbers in the table, counted from 1 below its header.")
                .Table([">row", "label", ">its probability", "answer", ">its probability"], findings.Mistakes.Take(MostRows).Select(mistake => new[]
                {
                    $"{findings.Data.NumberOf(mistake.Sample)}", run.Names[mistake.Label], Format.Percent(mistake.OfLabel), run.Names[mistake.Answer], Format.Percent(mistake.Sure),
                }));
        }
    }

    private static string Share(double share) => double.IsNaN(share) ? "-" : Format.Percent(share);

    private static void Calibration(Html page, Findings findings) => page.Section("calibration", "Calibration")
        .Paragraph($"Of the answers to which the network gives a probability: how many are right. Expected calibration error, the mean distance from the dashed line: {Format.Percent(findings.CalibrationError)}.")
        .Raw(Charts.Calibration(findings.Calibration));
}
