using Gpu.Host.Reports;
using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Host.RunReport;

/// <summary>What a reader of a run's curves might miss, in words.</summary>
internal static class RunWarnings
{
    /// <summary>The sentences; none for a run without a sign of trouble.</summary>
    internal static IEnumerable<string> Of(RunView run)
    {
        var part = run.Part;
        var (judged, train) = (run.Metrics.Column($"{part}_loss")!, run.Metrics.Column("train_loss")!);
        if (part != "train" && judged.Length > 2 && judged.Index().MinBy(value => value.Item).Index is var best && best < judged.Length - 2 && judged[^1] > 1.05 * judged[best] && train[^1] < train[best])
        {
            yield return $"The {part} loss rises since epoch {best + 1}, where it was {Format.Loss(judged[best])}, to {Format.Loss(judged[^1])}, while the training loss falls: the network learns samples by heart.";
        }

        var ignorant = Math.Log(run.Model.Shape.Outputs);
        if (run.Model.Shape.Loss == Loss.CrossEntropy && train.Length > 0 && train[0] > 1.5 * ignorant)
        {
            yield return $"The training loss of epoch 1 is {Format.Loss(train[0])}; a network that knows nothing has {Format.Loss(ignorant)}: the learning rate, the initial weights or the scaling of the inputs are too large.";
        }

        if (run.Findings is { } findings && findings.Score.Accuracy <= findings.Baseline)
        {
            yield return "The network is no better than an answer without looking.";
        }

        if (InputRange.Warning(run.Data.Train, run.Model.Scaling) is { } inputs)
        {
            yield return inputs;
        }

        if (!run.IsRunning && run.Progress.Epoch < run.Recipe.Epochs)
        {
            yield return $"The run stopped after {run.Progress.Epoch:N0} of {run.Recipe.Epochs:N0} epochs.";
        }
    }
}
