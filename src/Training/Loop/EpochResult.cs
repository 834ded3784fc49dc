namespace Gpu.Training.Loop;

/// <summary>What one pass over the training data gave, from the epoch's first step on. Samples of skipped steps count nowhere.</summary>
/// <param name="Samples">Samples trained on.</param>
/// <param name="Loss">The mean loss of the samples, each before the step that learned from it.</param>
/// <param name="Correct">Samples answered right, each before the step that learned from it.</param>
/// <param name="Seconds">The training of this call alone, the shuffling included.</param>
/// <param name="Completed">Whether the pass came to its end; false where it was cancelled, or was to end before.</param>
/// <param name="Position">Where it stands, to go on from.</param>
public readonly record struct EpochResult(int Samples, double Loss, int Correct, double Seconds, bool Completed, EpochPosition Position)
{
    /// <summary>
    /// The first step of the epoch, from 0, whose loss was NaN or infinite, or whose gradient was where <see cref="TrainerOptions.ClipNorm"/>
    /// or <see cref="TrainerOptions.SkipBadSteps"/> measures every step's; null where there was none. A gradient that is not measured shows
    /// in the loss of the step after it, or in <see cref="FirstBadParameter"/>.
    /// </summary>
    public int? FirstBadStep => Position.Sums.FirstBadStep;

    /// <summary>The first parameter that was NaN or infinite after the pass, an index into the slab; null where there was none.</summary>
    public int? FirstBadParameter { get; init; }

    /// <summary>
    /// The L2 norm of the gradient of the mean loss in the epoch's last step, over all parameters, before clipping, L2 and what the optimizer makes of it; null
    /// where the pass ended before, or nothing was measured.
    /// </summary>
    public double? GradientNorm { get; init; }
}
