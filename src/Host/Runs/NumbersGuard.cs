using Gpu.Host.Reports;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>Finds numbers of a run that are not finite, and does what its recipe says: stop, skip, or restore a checkpoint.</summary>
internal sealed class NumbersGuard(RunSetup run, Trainer trainer, RunRates rateOf, RunFolder folder, CheckpointWriter writer, TrainRequest request,
    Messages messages)
{
    /// <summary>How often a run goes back before it gives up.</summary>
    private const int MostRestores = 3;

    /// <summary>Whether a part of an epoch cannot be gone on from. Steps that were skipped did no harm, unless all were.</summary>
    internal bool IsBad(EpochResult result) =>
        result.FirstBadParameter is not null
        || !double.IsFinite(result.Position.Sums.TotalLoss)
        || (run.Recipe.OnNan == BadNumbers.Skip ? result.Completed && result.Samples == 0 : result.FirstBadStep is not null);

    /// <summary>Says how many steps of an epoch were skipped.</summary>
    internal void ReportSkipped(int epoch, EpochSums sums)
    {
        if (sums.SkippedSteps > 0)
        {
            messages.Warn(
                $"epoch {epoch:N0}: {sums.SkippedSteps:N0} of {trainer.StepsPerEpoch:N0} steps were skipped, because their loss or gradient was NaN or "
                + $"infinite, the first of them step {sums.FirstBadStep + 1:N0}");
        }
    }

    /// <summary>Puts the last checkpoint back after a part of an epoch that went wrong.</summary>
    /// <param name="result">The part of the epoch.</param>
    /// <param name="progress">Where the run stands behind it.</param>
    /// <param name="stop">Ends the search for what was first.</param>
    /// <returns>Where to go on from.</returns>
    /// <exception cref="TrainingException">The recipe says to stop, or the run went back too often; the checkpoint is whole.</exception>
    internal RunProgress Restore(EpochResult result, RunProgress progress, CancellationToken stop)
    {
        var (last, state) = LoadLast();
        var found = FindFirst(result, progress, last.Progress, state, stop);
        return GoBack($"{found.Place}, epoch {progress.Epoch + 1:N0}, step {found.Step + 1:N0} of {trainer.StepsPerEpoch:N0}", progress, last, state);
    }

    /// <summary>Puts the last checkpoint back where the loss of an evaluation is not finite; null where all are.</summary>
    /// <param name="epoch">What the epoch gave.</param>
    /// <param name="progress">Where the run stands behind its steps.</param>
    /// <param name="stop">Ends the search for what was first.</param>
    /// <exception cref="TrainingException">The recipe says to stop or to skip, or the run went back too often; the checkpoint is whole.</exception>
    internal RunProgress? Restore(EpochReport epoch, RunProgress progress, CancellationToken stop)
    {
        (string Name, DataSet Data)? bad = epoch.Validation is { } validation && !double.IsFinite(validation.Loss) ? ("validation", run.Data.Validation!)
            : epoch.Test is { } test && !double.IsFinite(test.Loss) ? ("test", run.Data.Test!)
            : null;
        if (bad is not { } found)
        {
            return null;
        }

        var from = "";
        try
        {
            from = $" from {trainer.Diagnose(found.Data, stop)}";
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // That the loss is not finite must do.
        }

        var (last, state) = LoadLast();
        var place = $"the {found.Name} loss{from}, epoch {epoch.Epoch:N0}, step {trainer.StepsPerEpoch:N0} of {trainer.StepsPerEpoch:N0}";
        return last.Progress.Position.Step < trainer.StepsPerEpoch || last.Progress.Epoch < progress.Epoch
            ? GoBack(place, progress, last, state)
            : throw new TrainingException(
                Failure.Diverged,
                $"Training diverged: expected finite numbers, found NaN or infinity in {place}, of the network in the last checkpoint, which a stop left before it "
                + $"was evaluated: go back to one before it in {folder[RunFolder.CheckpointsName]}, or begin a new run with a lower --lr (it is {run.Recipe.LearningRate}).");
    }

    private (Checkpoint Last, TrainerState State) LoadLast()
    {
        writer.Wait();
        var last = CheckpointFolder.LoadLast(folder[RunFolder.CheckpointsName]);
        return (last, ResumedRun.State(last));
    }

    private RunProgress GoBack(string place, RunProgress progress, Checkpoint last, TrainerState state)
    {
        var found = $"found NaN or infinity in {place}";
        var back = Describe(last.Progress);
        if (run.Recipe.OnNan != BadNumbers.Restore || progress.Restores >= MostRestores)
        {
            throw new TrainingException(Failure.Diverged, $"Training diverged: expected finite numbers, {found}: {Cure(progress)}; the checkpoint {back} is whole.");
        }

        trainer.RestoreState(state);
        var times = progress.Restores + 1;
        messages.Warn($"{found}: back to the checkpoint {back}, with half the learning rate ({times} of {MostRestores} times)");
        return last.Progress with { Restores = times };
    }

    /// <summary>What was not finite first: all since the checkpoint is done once more.</summary>
    private BadPlace FindFirst(EpochResult result, RunProgress progress, RunProgress last, TrainerState state, CancellationToken stop)
    {
        // Steps that were skipped did no harm; where that is all that is known, the first of them is looked into.
        var sawIt = result.FirstBadStep is { } bad && (run.Recipe.OnNan != BadNumbers.Skip || result.FirstBadParameter is null);
        var seenAt = sawIt ? result.FirstBadStep!.Value : result.Position.Step - 1;
        var from = last.Position;
        try
        {
            if (last.Epoch < progress.Epoch)
            {
                messages.Say("numbers are not finite: the epochs since the checkpoint are done once more, to name what was first");
            }

            trainer.RestoreState(state);
            var rates = new float[trainer.StepsPerEpoch];
            for (var epoch = last.Epoch; epoch < progress.Epoch; epoch++)
            {
                rateOf.Fill(epoch, last.Restores, rates);
                trainer.TrainEpoch(epoch, rates, from, trainer.StepsPerEpoch, cancellation: stop);
                stop.ThrowIfCancellationRequested();
                from = EpochPosition.Start;
            }

            rateOf.Fill(progress.Epoch, last.Restores, rates);
            if (from.Step <= seenAt)
            {
                return trainer.Diagnose(progress.Epoch, rates, from, seenAt, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever asks for an end waits for it: what is known already must do.
        }

        return new BadPlace(seenAt, result.FirstBadParameter is { } parameter ? trainer.NameParameter(parameter) : "the loss or the gradient");
    }

    private string Cure(RunProgress progress)
    {
        var recipe = run.Recipe;
        var rate = $"lower --lr (it is {recipe.LearningRate}{(progress.Restores > 0 ? $", halved {progress.Restores} times" : "")})";
        var clip = recipe.ClipNorm is null ? " or clip the gradient with --clip-norm 1" : "";
        return recipe.Scale == PixelScaling.None && !run.Data.Train.AreFloats ? "scale the pixels with --scale unit"
            : recipe.OnNan == BadNumbers.Stop ? $"{rate}{clip}, or go on with half the rate: {request.ResumeCommand(folder.Path)} --on-nan restore"
            : $"{rate}{clip}, or begin a new run from there with half the rate: "
                + TrainRequest.NewRunCommand(folder.Path, recipe with { Data = run.Data.Spec, TestData = run.Data.TestSpec }, MathF.ScaleB(1, -progress.Restores - 1));
    }

    private string Describe(RunProgress last) => last.Position.Step == 0
        ? $"after epoch {last.Epoch:N0}"
        : $"after epoch {last.Epoch:N0} and step {last.Position.Step:N0} of {trainer.StepsPerEpoch:N0}";
}
