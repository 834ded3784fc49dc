using System.Text.Json;
using Gpu.Training.Metrics;

namespace Gpu.Host.Reports;

/// <summary>Scores with what they are worth, in words and as members of JSON: interval, baseline, and the measures beside the first one.</summary>
internal static class ScoreText
{
    private const string NoBetter = "the model is no better than its baseline, as far as these samples tell";

    /// <summary>What goes behind an accuracy.</summary>
    internal static IEnumerable<string> Lines(ClassScore score)
    {
        yield return $"95 % interval {Format.Percent(score.Interval.Low)} to {Format.Percent(score.Interval.High)}; baseline: the largest class alone has {Format.Percent(score.Baseline)}";
        yield return $"balanced accuracy {Format.Percent(score.BalancedAccuracy)}, macro F1 {Format.Percent(score.MacroF1)}"
            + (score.LogLoss is { } loss ? $", log loss {Format.Loss(loss)}" : "") + (score.Auc is { } auc ? $", AUC {auc:F4}" : "");
        if (!score.IsAboveBaseline)
        {
            yield return NoBetter;
        }
    }

    /// <summary>The whole of a score of a quantity.</summary>
    internal static IEnumerable<string> Lines(QuantityScore score)
    {
        yield return $"RMSE {Format.Quantity(score.Rmse)} (95 % interval {Format.Quantity(score.Interval.Low)} to {Format.Quantity(score.Interval.High)}), "
            + $"MAE {Format.Quantity(score.MeanAbsoluteError)}, R2 {Format.Quantity(score.R2)} on {score.Count:N0} rows";
        yield return $"deviation of the quantity there {Format.Quantity(score.Deviation)}; baseline: the mean of the training rows has RMSE {Format.Quantity(score.BaselineRmse)}";
        if (!score.IsBelowBaseline)
        {
            yield return NoBetter;
        }
    }

    /// <summary>The measures of a score beside its accuracy, by the names that JSON has for them.</summary>
    internal static IEnumerable<(string Name, double Value)> Measures(ClassScore score)
    {
        yield return ("accuracy_low", score.Interval.Low);
        yield return ("accuracy_high", score.Interval.High);
        yield return ("baseline_accuracy", score.Baseline);
        yield return ("balanced_accuracy", score.BalancedAccuracy);
        yield return ("macro_f1", score.MacroF1);
        if (score.LogLoss is { } loss)
        {
            yield return ("log_loss", loss);
        }

        if (score.Auc is { } auc)
        {
            yield return ("auc", auc);
        }
    }

    /// <summary>The measures of a score of a quantity, by the names that JSON has for them.</summary>
    internal static IEnumerable<(string Name, double Value)> Measures(QuantityScore score) =>
    [
        ("rmse", score.Rmse), ("rmse_low", score.Interval.Low), ("rmse_high", score.Interval.High), ("mae", score.MeanAbsoluteError),
        ("r2", score.R2), ("deviation", score.Deviation), ("baseline_rmse", score.BaselineRmse),
    ];

    internal static void Write(Utf8JsonWriter json, ClassScore score) => Write(json, Measures(score));

    internal static void Write(Utf8JsonWriter json, QuantityScore score) => Write(json, Measures(score));

    private static void Write(Utf8JsonWriter json, IEnumerable<(string Name, double Value)> measures)
    {
        foreach (var (name, value) in measures)
        {
            json.Number(name, value);
        }
    }
}
