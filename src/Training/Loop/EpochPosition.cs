namespace Gpu.Training.Loop;

/// <summary>
/// The running sums of an epoch, bit for bit as the device keeps them, so that an epoch that goes on later ends with the numbers
/// of one that was never interrupted.
/// </summary>
/// <param name="Loss">The sum of the samples' losses.</param>
/// <param name="Compensation">What that sum has in excess (Kahan).</param>
/// <param name="Correct">Samples answered right.</param>
public readonly record struct EpochSums(float Loss, float Compensation, int Correct)
{
    /// <summary>The sum of the losses without its excess.</summary>
    public double TotalLoss => (double)Loss - Compensation;

    /// <summary>The first step whose loss was NaN or infinite, or whose gradient was where every step's is measured; null where there was none.</summary>
    public int? FirstBadStep { get; init; }

    /// <summary>Steps that changed nothing, see <see cref="TrainerOptions.SkipBadSteps"/>; their losses and answers count nowhere.</summary>
    public int SkippedSteps { get; init; }

    /// <summary>Samples of these steps.</summary>
    public int SkippedSamples { get; init; }
}

/// <summary>
/// Where in an epoch training stands. The order of the samples follows from seed and epoch, so this and the numbers of
/// <see cref="TrainerState"/> are all that is needed to go on.
/// </summary>
/// <param name="Step">Steps of the epoch that are done.</param>
/// <param name="Sums">What they added up to.</param>
public readonly record struct EpochPosition(int Step, EpochSums Sums)
{
    /// <summary>Before the first step.</summary>
    public static EpochPosition Start => default;
}
