using System.Globalization;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training.Recipes;

namespace Gpu.Host.RunReport;

/// <summary>Several runs beside one another: a leaderboard, curves laid over each other, and the settings that differ.</summary>
internal static class ComparisonPage
{
    internal static void Write(Html page, IReadOnlyList<RunScore> runs)
    {
        var ranked = runs.OrderByDescending(run => run.Rank).ToList();
        page.Section("leaderboard", "Leaderboard").Table(["run", ">score", "of", ">loss", ">epochs", ">time of training"], ranked.Select(run => (run.Rank, Cells: new[]
        {
            run.Folder, run.Score, run.Part, Format.Loss(run.Loss), run.Epochs.ToString(CultureInfo.InvariantCulture), Format.Duration(run.Seconds),
        })).Concat(Baselines(ranked)).OrderByDescending(row => row.Rank).Select(row => row.Cells));
        if (ranked.Select(run => run.Part).Distinct().Count() > 1)
        {
            page.Paragraph("These runs are judged by different parts of their data: their scores cannot be held against each other.", "warning");
        }

        if (ranked.Select(run => run.Rmse is null).Distinct().Count() > 1)
        {
            page.Paragraph("Some of these runs learned classes, others a quantity: their scores cannot be held against each other.", "warning");
        }

        page.Section("curves", "Curves").Raw("<div class=charts>");
        foreach (var (measure, title) in new[] { ("accuracy", "accuracy"), ("rmse", "RMSE"), ("loss", "loss") })
        {
            var curves = ranked.Select(run => (run.Folder, Values: run.Metrics.Column($"{run.Column}_{measure}"))).Where(curve => curve.Values is not null).ToList();
            if (curves.Count > 0)
            {
                page.Raw(Charts.ByEpoch($"{title} on what judges", [.. curves.Select(curve => new Curve(curve.Folder, curve.Values!))]));
            }
        }

        page.Raw(Charts.ByEpoch("training loss", [.. ranked.Select(run => new Curve(run.Folder, run.Metrics.Column("train_loss")!))])).Raw("</div>");
        var differing = RecipeKeys.All.Where(key => ranked.Select(run => key.Write(run.Recipe)).Distinct().Count() > 1).ToList();
        page.Section("settings", "Settings that differ");
        if (differing.Count == 0)
        {
            page.Paragraph("None.");
            return;
        }

        page.Table(["setting", .. ranked.Select(run => run.Folder)], differing.Select(key => new[] { key.Name }.Concat(ranked.Select(run => key.Write(run.Recipe) ?? "")).ToArray()));
    }

    /// <summary>A row for each answer without looking that the runs are judged beside, in its place among them.</summary>
    private static IEnumerable<(double Rank, string[] Cells)> Baselines(IEnumerable<RunScore> runs) => runs.Where(run => run.Baseline is not null)
        .Select(run => (Value: run.Baseline!.Value, run.Part, IsQuantity: run.Rmse is not null)).Distinct()
        .Select(baseline => (baseline.IsQuantity ? -baseline.Value : baseline.Value, new[]
        {
            baseline.IsQuantity ? "baseline: the mean alone" : "baseline: the largest class alone",
            baseline.IsQuantity ? $"RMSE {Format.Quantity(baseline.Value)}" : Format.Percent(baseline.Value), baseline.Part, "", "", "",
        }));
}
