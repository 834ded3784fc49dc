namespace Gpu.Training.Loop;

/// <summary>What one pass over the training data gave, from the epoch's first step on.</summary>
/// <param name="Samples">Samples trained on.</param>
/// <param name="Loss">The mean loss of the samples, each before the step that learned from it.</param>
/// <param name="Correct">Samples answered right, each before the step that learned from it.</param>
/// <param name="Seconds">The training of this call alone, the shuffling included.</param>
/// <param name="Completed">Whether the pass came to its end; false where it was cancelled, or was to end before.</param>
/// <param name="Position">Where it stands, to go on from.</param>
public readonly record struct EpochResult(int Samples, double Loss, int Correct, double Seconds, bool Completed, EpochPosition Position)
{
    /// <summary>The share answered right.</summary>
    public double Accuracy => Samples == 0 ? double.NaN : (double)Correct / Samples;

    /// <summary>Samples per second of the pass.</summary>
    public double SamplesPerSecond => Samples / Seconds;
}
