using Gpu.Host.Reports;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>Finds numbers of a run that are not finite, and does what its recipe says: stop, skip, or restore a checkpoint.</summary>
internal sealed class NumbersGuard(RunSetup run, Trainer trainer, RunFolder folder, TrainRequest request, Messages messages)
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

    /// <summary>Puts the last checkpoint back.</summary>
    /// <param name="result">The part of the epoch that went wrong.</param>
    /// <param name="progress">Where the run stands behind it.</param>
    /// <param name="rates">The learning rates of the epoch.</param>
    /// <returns>Where to go on from.</returns>
    /// <exception cref="TrainingException">The recipe says to stop, or the run went back too often; the checkpoint is whole.</exception>
    internal RunProgress Restore(EpochResult result, RunProgress progress, ReadOnlySpan<float> rates)
    {
        var last = CheckpointFolder.LoadLast(folder[RunFolder.CheckpointsName]);
        var state = new TrainerState(run.Shape, last.Model.Parameters, last.Velocity);
        var found = $"found NaN or infinity in {Place(result, progress, last.Progress, state, rates)}";
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

    /// <summary>
    /// What was not finite, and where. A bad step of the checkpoint's own epoch is done again from there to name what was first;
    /// else what there is now must do.
    /// </summary>
    private string Place(EpochResult result, RunProgress progress, RunProgress last, TrainerState state, ReadOnlySpan<float> rates)
    {
        var bad = run.Recipe.OnNan == BadNumbers.Skip ? null : result.FirstBadStep;
        var step = bad ?? (result.Position.Step - 1);
        var place = trainer.Inspect(step);
        if (bad >= last.Position.Step && last.Epoch == progress.Epoch)
        {
            trainer.RestoreState(state);
            place = trainer.Diagnose(progress.Epoch, rates, last.Position, step);
        }

        return $"{place}, epoch {progress.Epoch + 1:N0}, step {step + 1:N0} of {trainer.StepsPerEpoch:N0}";
    }

    private string Cure(RunProgress progress)
    {
        var recipe = run.Recipe;
        var rate = $"lower --lr (it is {recipe.LearningRate}{(progress.Restores > 0 ? $", halved {progress.Restores} times" : "")})";
        var clip = recipe.ClipNorm is null ? " or clip the gradient with --clip-norm 1" : "";
        return recipe.Scale == PixelScaling.None ? "scale the pixels with --scale unit"
            : recipe.OnNan == BadNumbers.Restore ? rate + clip
            : $"{rate}{clip}, or go on with half the rate: {request.ResumeCommand(folder.Path)} --on-nan restore";
    }

    private string Describe(RunProgress last) => last.Position.Step == 0
        ? $"after epoch {last.Epoch:N0}"
        : $"after epoch {last.Epoch:N0} and step {last.Position.Step:N0} of {trainer.StepsPerEpoch:N0}";
}
