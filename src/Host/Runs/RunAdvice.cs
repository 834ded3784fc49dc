using Gpu.Host.Reports;
using Gpu.Kernels.Ops;
using Gpu.Training.Checkpoints;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>What to say when a run is over: its best epoch, what to do next, and what is likely wrong where it learned nothing.</summary>
internal static class RunAdvice
{
    /// <summary>So many layers of an activation whose slope is a quarter at most let little of a gradient through.</summary>
    private const int DeepSigmoid = 3;

    /// <summary>Rates from which on a run that learned nothing is likely to have jumped, by how an optimizer uses them.</summary>
    private const float LargeRate = 0.5f, LargeAdaptiveRate = 0.02f;

    /// <summary>Which epoch was best, by what, and where its model is; null where none came to its end.</summary>
    internal static string? Best(RunProgress progress, TrainingData data, string folder)
    {
        if (progress.Best is not { } best)
        {
            return null;
        }

        var judge = data.Validation is { } validation
            ? validation.Quantity is { } quantity ? $"RMSE {Format.Quantity(Math.Sqrt(best.Loss) * quantity.Deviation)} on the validation rows"
                : $"{Format.Percent((double)best.Correct / validation.Count)} of the validation samples"
            : $"training loss {Format.Loss(best.Loss)}; --validation would let samples judge that it did not learn from";
        return $"{best.Epoch:N0} of {progress.Epoch:N0} ({judge}), kept as {Path.Combine(folder, RunFolder.CheckpointsName, CheckpointFolder.BestName)}{(data is { Table: not null, Validation: not null } ? $" and {RunFolder.ModelName}" : "")}";
    }

    /// <summary>Two commands that make sense now.</summary>
    internal static IReadOnlyList<string> Next(string folder, Recipe recipe, bool stoppedEarly) =>
    [
        $"gpu eval {TrainRequest.Quote(folder)}",
        $"gpu train --resume {TrainRequest.Quote(folder)} " + (stoppedEarly ? $"--early-stop {2 * recipe.EarlyStop!.Patience}" : $"--epochs {2 * recipe.Epochs}"),
    ];

    /// <summary>A sentence for a run that learned nothing, with the likely cure; null for others.</summary>
    internal static string? LearnedNothing(RunSetup run, EpochReport last)
    {
        var score = last.Validation ?? last.Test ?? last.Train;
        var judge = last.Validation is not null ? run.Data.Validation! : last.Test is not null ? run.Data.Test! : run.Data.Train;
        var largest = LargestShare(judge);
        var ignorant = Math.Log(run.Shape.Outputs);
        var isNoBetter = score.Accuracy <= largest + (2 * Math.Sqrt(largest * (1 - largest) / score.Count));
        var isWorse = run.Shape.Loss == Loss.CrossEntropy && !(last.Train.Loss <= ignorant);
        if (!isNoBetter && !isWorse)
        {
            return null;
        }

        var found = isNoBetter
            ? $"{Format.Percent(score.Accuracy)} right, where the largest class alone is {Format.Percent(largest)} of the samples"
            : $"its training loss is {Format.Loss(last.Train.Loss)}, where a network that knows nothing has {Format.Loss(ignorant)}";
        return $"the run learned nothing: {found}; {Cure(run.Recipe, run.Shape)}";
    }

    /// <summary>A sentence for a run with a layer whose units are all dead, with the cure; null for others.</summary>
    internal static string? NeverFires(RunSetup run, IReadOnlyList<LayerMeasure> layers)
    {
        if (layers.FirstOrDefault(layer => layer.Dead == layer.Units) is not { } dead)
        {
            return null;
        }

        var activation = run.Shape.Layers[dead.Layer - 1].Activation;
        var cure = activation == Activation.Relu ? "a ReLU that is never above 0 learns no more: try --activation leaky-relu, a smaller --lr, or --bias-init 0.01"
            : $"its {NetworkNames.Of(activation)} lies where it is flat: try a smaller --lr, smaller initial weights with --init, or --scale unit";
        return $"layer {dead.Layer} never fires: all of its {dead.Units:N0} units say the same to every sample; {cure}";
    }

    private static double LargestShare(DataSet data)
    {
        var counts = new int[data.Classes];
        foreach (var label in data.Labels)
        {
            counts[label]++;
        }

        return (double)counts.Max() / data.Count;
    }

    private static string Cure(Recipe recipe, NetworkShape shape)
    {
        var flat = shape.Layers.SkipLast(1).Count(layer => layer.Activation is Activation.Sigmoid or Activation.Tanh or Activation.ScaledTanh);
        var rate = recipe.LearningRate.High;
        var isAdaptive = recipe.Optimizer.Optimizer.LearningRate < 0.05f;
        return flat >= DeepSigmoid ? $"{flat} layers of {NetworkNames.Of(shape.Layers[0].Activation)} let next to no gradient through: try --activation relu, or fewer layers"
            : rate > (isAdaptive ? LargeAdaptiveRate : LargeRate) ? $"the learning rate {recipe.LearningRate} is large for {recipe.Optimizer.Optimizer}: try --lr {recipe.Optimizer.Optimizer.LearningRate / 2:R}"
            : rate < recipe.Optimizer.Optimizer.LearningRate / 50 ? $"the learning rate {recipe.LearningRate} is small for {recipe.Optimizer.Optimizer}: try --lr {recipe.Optimizer.Optimizer.LearningRate:R}"
            : $"try --lr {recipe.LearningRate.High / 10:R}, more --epochs than {recipe.Epochs:N0}, and look at the data with gpu data";
    }
}
