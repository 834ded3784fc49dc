using System.Globalization;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training.Data;
using Gpu.Training.Recipes;

namespace Gpu.Host.RunReport;

/// <summary>The sections of one run's page.</summary>
internal static class RunPage
{
    /// <summary>
    /// All of them, in the order in which they are read. Those of a run that is over are made side by side: nobody but the one who waits for the page
    /// needs the cores; while it goes on, the training does.
    /// </summary>
    internal static void Write(Html page, RunView run)
    {
        List<Action<Html>> sections =
        [
            part => Verdict(part, run),
            part => part.Section("data", "Data").Raw(run.DataText.Value),
            part => Curves(part, run),
            part => Answers(part, run),
            part => Layers(part, run),
            part => Components(part, run),
            part => Weights(part, run),
            part => Draw(part, run),
            part => TimeSection.Write(part, run),
            part => Environment(part, run),
        ];
        if (run.IsRunning)
        {
            sections.ForEach(section => section(page));
            return;
        }

        var made = sections.Select(section => Task.Run(() =>
        {
            var part = new Html();
            section(part);
            return part;
        })).ToList();
        made.ForEach(part => page.Add(part.GetAwaiter().GetResult()));
    }

    private static void Answers(Html page, RunView run)
    {
        if (run.Findings is { } findings)
        {
            AnswerSections.Write(page, run, findings);
        }

        if (run.Quantities is { } quantities)
        {
            QuantitySections.Write(page, run.Quantity!, quantities);
        }

        if (run.IsJudged)
        {
            ImportanceSection.Write(page, run);
        }
    }

    private static void Layers(Html page, RunView run)
    {
        if (run.Layers.Count > 0)
        {
            LayerSection.Write(page, run);
        }
    }

    private static void Components(Html page, RunView run)
    {
        if (run.IsJudged)
        {
            ComponentSection.Write(page, run);
        }
    }

    private static void Weights(Html page, RunView run)
    {
        if (WeightPictures.Size(run.Model) is not null)
        {
            page.Section("weights", "First layer").Paragraph("What each unit of the first layer looks for: light where it wants ink, dark where it wants none.")
                .Raw($"<div class=weights>{WeightPictures.Write(run.Model)}</div>");
        }
    }

    private static void Draw(Html page, RunView run)
    {
        if (PageData.CanDraw(run))
        {
            page.Section("draw", "Draw one").Paragraph("Draw with mouse or finger. The small picture is what the network sees: fitted and centred as MNIST does it.")
                .Raw("<div class=draw><canvas id=board width=280 height=280 aria-label=\"draw here\"></canvas><div><canvas id=seen></canvas><button id=clear type=button>Clear</button></div><div id=bars></div></div>");
        }
    }

    private static void Verdict(Html page, RunView run)
    {
        page.Section("verdict", "Verdict").Raw($"<p class=verdict><b>{run.Score}</b>{(double.IsNaN(run.Value) ? "" : run.Quantity is null ? $" of {Html.Text(run.Judge)} right" : $" on {Html.Text(run.Judge)}")}</p>");
        if (run.IsRunning)
        {
            page.Paragraph($"The run goes on, and this page with it; written at {DateTime.Now:HH:mm:ss}.", "note");
        }

        page.Facts([.. Score(run), .. Effort(run)]);
        foreach (var warning in RunWarnings.Of(run))
        {
            page.Paragraph(warning, "warning");
        }

        var (folder, recipe) = (TrainRequest.Quote(run.Folder), TrainRequest.Quote(Path.Combine(run.Folder, RunFolder.RecipeName)));
        page.Command("To repeat it", $"gpu train --recipe {recipe}{DataOption(run.Recipe)}")
            .Command("To go on", $"gpu train --resume {folder} --epochs {2 * run.Recipe.Epochs}")
            .Command("To ask it", run.AreImages ? $"gpu predict {folder} seven.png" : $"gpu predict {folder} --data FILE");
    }

    private static IEnumerable<(string, string)> Score(RunView run)
    {
        if (run.Findings is { } findings)
        {
            var score = findings.Answers;
            yield return ("right", Format.Matches(findings.Score));
            yield return ("95 % interval", $"{Format.Percent(score.Interval.Low)} to {Format.Percent(score.Interval.High)}");
            yield return ("largest class alone", Format.Percent(score.Baseline));
            yield return ("balanced accuracy", Format.Percent(score.BalancedAccuracy));
            yield return ("macro F1", Format.Percent(score.MacroF1));
            if (score.Auc is { } area)
            {
                yield return ("area under ROC", area.ToString("F4", CultureInfo.InvariantCulture));
            }

            yield return ("calibration error", Format.Percent(findings.CalibrationError));
        }

        if (run.Quantities is { Score: var found })
        {
            yield return ("95 % interval", $"{Format.Quantity(found.Interval.Low)} to {Format.Quantity(found.Interval.High)}");
            yield return ("mean of training rows alone", $"RMSE {Format.Quantity(found.BaselineRmse)}");
            yield return ("mean absolute error", Format.Quantity(found.MeanAbsoluteError));
            yield return ("R2", Format.Quantity(found.R2));
            yield return ("rows", $"{found.Count:N0}");
        }

        yield return ("loss", Format.Loss(run.Loss));
    }

    private static IEnumerable<(string, string)> Effort(RunView run)
    {
        var seconds = run.Metrics.Column("train_seconds")?.Sum() ?? 0;
        var rate = run.Metrics.Column("samples_per_second") is { Length: > 0 } rates ? rates.Average() : 0;
        yield return ("network", run.Model.Shape.ToString());
        yield return ("parameters", $"{run.Model.Shape.ParameterCount:N0}");
        yield return ("epochs", $"{run.Progress.Epoch:N0} of {run.Recipe.Epochs:N0}");
        yield return ("training", $"{Format.Duration(seconds)}, {rate:N0} samples a second");
        yield return ("device", run.Device);
    }

    private static string DataOption(Recipe recipe) => recipe.Data is { } data && !DataSource.IsName(data)
        ? $" --data {string.Join(' ', DataSource.Words(data).Select(TrainRequest.Quote))}"
        : "";

    private static void Curves(Html page, RunView run)
    {
        IReadOnlyList<Curve> Of(string measure) =>
            [.. MetricsTable.Parts.Reverse().Where(part => run.Metrics.Column($"{part}_{measure}") is not null).Select(part => new Curve(part, run.Metrics.Column($"{part}_{measure}")!))];
        var best = run.Progress.Best?.Epoch;
        page.Section("curves", "Curves").Raw("<div class=charts>").Raw(Charts.ByEpoch("loss", Of("loss"), best)).Raw(Charts.ByEpoch(run.Quantity is null ? "accuracy" : "RMSE", Of(run.Measure), best));
        foreach (var (column, title) in new[] { ("learning_rate", "learning rate"), ("gradient_norm", "norm of the gradient, last step of each epoch"), ("samples_per_second", "samples a second") })
        {
            if (run.Metrics.Column(column) is { } values && values.Any(double.IsFinite))
            {
                page.Raw(Charts.ByEpoch(title, [new Curve(title, values)]));
            }
        }

        page.Raw("</div>");
    }

    private static void Environment(Html page, RunView run)
    {
        page.Section("settings", "Settings").Table(["setting", "value"], RecipeKeys.All.Where(key => key.Write(run.Recipe) is not null)
            .Select(key => new[] { key.Name, key.Write(run.Recipe)!.Replace('\n', ' ') }));
        page.Raw("<h3>Environment</h3>").Table(["what", "which"],
        [
            ["program", $"gpu {ProgramVersion.Text}"], [".NET", System.Environment.Version.ToString()], ["system", System.Runtime.InteropServices.RuntimeInformation.OSDescription],
            ["device", run.Device], ["seed", run.Recipe.Seed.ToString(CultureInfo.InvariantCulture)],
        ]);
    }
}
