using Gpu.Host.Reports;
using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Host.RunReport;

/// <summary>What a reader of a run's curves might miss, in words.</summary>
internal static class RunWarnings
{
    /// <summary>The share of a layer's units that may be dead without a word.</summary>
    private const double DeadShare = 0.1;

    /// <summary>The sentences; none for a run without a sign of trouble.</summary>
    internal static IEnumerable<string> Of(RunView run)
    {
        var part = run.Part;
        var train = run.Metrics.Column("train_loss")!;

        // Not every epoch need have been evaluated.
        var losses = run.Metrics.Column($"{part}_loss")!;
        int[] judged = [.. Enumerable.Range(0, losses.Length).Where(epoch => double.IsFinite(losses[epoch]))];
        if (part != "train" && judged.Length > 2 && judged.MinBy(epoch => losses[epoch]) is var best && judged[^1] is var last
            && best < judged[^2] && losses[last] > 1.05 * losses[best] && train[last] < train[best])
        {
            yield return $"The {part} loss rises since epoch {best + 1}, where it was {Format.Loss(losses[best])}, to {Format.Loss(losses[last])}, while the training loss falls: the network learns samples by heart.";
        }

        var ignorant = Math.Log(run.Model.Shape.Outputs);
        if (run.Model.Shape.Loss == Loss.CrossEntropy && train.Length > 0 && train[0] > 1.5 * ignorant)
        {
            yield return $"The training loss of epoch 1 is {Format.Loss(train[0])}; a network that knows nothing has {Format.Loss(ignorant)}: the learning rate, the initial weights or the scaling of the inputs are too large.";
        }

        if (run.Findings?.Answers.IsAboveBaseline == false || run.Quantities?.Score.IsBelowBaseline == false)
        {
            yield return "The network is no better than an answer without looking, as far as these samples tell.";
        }

        foreach (var layer in run.Layers.Where(layer => layer.Dead >= DeadShare * layer.Units))
        {
            yield return $"{Format.Percent((double)layer.Dead / layer.Units)} of layer {layer.Layer} never fires: {layer.Dead:N0} of its {layer.Units:N0} units say the same to every sample.";
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
