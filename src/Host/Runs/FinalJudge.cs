using Gpu.Host.Reports;
using Gpu.Kernels.Devices;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Metrics;
using Gpu.Training.Models;
using Gpu.Training.Networks;

namespace Gpu.Host.Runs;

/// <summary>How the model that a run leaves answers a part of its data.</summary>
/// <param name="Part">What the part is called: validation or test.</param>
/// <param name="IsChosenBy">Whether the epoch was chosen by it, so that other rows may well be answered worse.</param>
/// <param name="Classes">The score, where classes are learned.</param>
/// <param name="Quantity">The score, where a quantity is.</param>
internal sealed record PartScore(string Part, bool IsChosenBy, ClassScore? Classes, QuantityScore? Quantity)
{
    /// <summary>The score in words, a line each.</summary>
    internal IEnumerable<string> Lines()
    {
        var note = IsChosenBy ? "; the epoch was chosen by these rows, so that others may be answered worse" : "";
        string[] lines = Classes is not null
            ? [$"{Part} accuracy {Format.Percent(Classes.Accuracy)} ({Classes.Correct:N0} of {Classes.Count:N0}){note}", .. ScoreText.Lines(Classes).Select(line => $"  {line}")]
            : [.. ScoreText.Lines(Quantity!).Index().Select(line => line.Index == 0 ? $"{Part} {line.Item}{note}" : $"  {line.Item}")];
        return lines;
    }
}

/// <summary>Judges the model that a run leaves, once, when all epochs are behind it.</summary>
internal static class FinalJudge
{
    /// <summary>Scores by validation and test samples, as far as there are some.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">The samples.</param>
    /// <param name="isBest">Whether the model is that of the epoch which answered the validation samples best.</param>
    internal static IReadOnlyList<PartScore> Of(ComputeAccelerator accelerator, Model model, TrainingData data, bool isBest)
    {
        var parts = new List<PartScore>();
        if (data.Validation is { } validation)
        {
            parts.Add(Score(accelerator, model, validation, "validation", isChosenBy: isBest));
        }

        if ((data.Test ?? data.Final) is { } test)
        {
            parts.Add(Score(accelerator, model, test, "test", isChosenBy: false));
        }

        return parts;
    }

    private static PartScore Score(ComputeAccelerator accelerator, Model model, DataSet data, string part, bool isChosenBy)
    {
        if (data.Quantity is { } encoding)
        {
            var quantity = new QuantityScore(encoding.Mean);
            Predictor.Predict(accelerator, model.Shape, model.Parameters, data, model.Scaling, batch =>
            {
                for (var row = 0; row < batch.Count; row++)
                {
                    quantity.Add(data.QuantityOf(batch.First + row), encoding.Decode(batch.Probabilities(row)[0]));
                }
            });
            return new PartScore(part, isChosenBy, null, quantity);
        }

        var classes = new ClassScore(model.Shape.Outputs, model.Shape.Loss.Head == LossHead.Softmax);
        Predictor.Predict(accelerator, model.Shape, model.Parameters, data, model.Scaling, batch =>
        {
            for (var row = 0; row < batch.Count; row++)
            {
                classes.Add(data.Labels[batch.First + row], batch.Answer(row), batch.Probabilities(row));
            }
        });
        return new PartScore(part, isChosenBy, classes, null);
    }
}
