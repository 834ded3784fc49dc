using Gpu.Training.Loop;
using Gpu.Training.Schedules;

namespace Gpu.Training.Checkpoints;

/// <summary>How far a run has come.</summary>
public sealed record RunProgress
{
    /// <summary>Epochs that are behind it: trained, evaluated and in the table of metrics.</summary>
    public int Epoch { get; init; }

    /// <summary>Where it stands in the epoch after those; at its last step where that epoch is trained but not evaluated.</summary>
    public EpochPosition Position { get; init; }

    /// <summary>Steps since the run began.</summary>
    public long Steps { get; init; }

    /// <summary>Seconds of training in the epoch that is under way.</summary>
    public double EpochSeconds { get; init; }

    /// <summary>Seconds of training in the epochs that are behind it.</summary>
    public double TrainSeconds { get; init; }

    /// <summary>The norm of the gradient in the last step of the epoch that is under way; null before that step.</summary>
    public double? GradientNorm { get; init; }

    /// <summary>How often the run went back to a checkpoint because its numbers were not finite; each time halves the learning rate.</summary>
    public int Restores { get; init; }

    /// <summary>What the schedule of the learning rate carries on.</summary>
    public ScheduleState Schedule { get; init; }

    /// <summary>The best epoch so far; null before the first.</summary>
    public BestEpoch? Best { get; init; }

    /// <summary>The last epoch that was a gain for <see cref="Recipes.EarlyStop"/>; null before the first, and where no run is to end early.</summary>
    public BestEpoch? LastGain { get; init; }
}

/// <summary>The epoch with the best answers: on the validation samples, or where there are none by the training loss.</summary>
/// <param name="Epoch">Which one, from 1.</param>
/// <param name="Correct">Validation samples answered right; 0 where there are none.</param>
/// <param name="Loss">The loss that decides between equals.</param>
public readonly record struct BestEpoch(int Epoch, int Correct, double Loss)
{
    /// <summary>Whether this one is better; a loss that is no number never is.</summary>
    public bool IsBetterThan(BestEpoch? other) =>
        double.IsFinite(Loss) && (other is not { } best || Correct > best.Correct || (Correct == best.Correct && Loss < best.Loss));
}
