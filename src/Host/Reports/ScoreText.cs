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

    internal static void Write(Utf8JsonWriter json, ClassScore score)
    {
        json.Number("accuracy_low", score.Interval.Low);
        json.Number("accuracy_high", score.Interval.High);
        json.Number("baseline_accuracy", score.Baseline);
        json.Number("balanced_accuracy", score.BalancedAccuracy);
        json.Number("macro_f1", score.MacroF1);
        if (score.LogLoss is { } loss)
        {
            json.Number("log_loss", loss);
        }

        if (score.Auc is { } auc)
        {
            json.Number("auc", auc);
        }
    }

    internal static void Write(Utf8JsonWriter json, QuantityScore score)
    {
        json.Number("rmse", score.Rmse);
        json.Number("rmse_low", score.Interval.Low);
        json.Number("rmse_high", score.Interval.High);
        json.Number("mae", score.MeanAbsoluteError);
        json.Number("r2", score.R2);
        json.Number("deviation", score.Deviation);
        json.Number("baseline_rmse", score.BaselineRmse);
    }
}
