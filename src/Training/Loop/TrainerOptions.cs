using Gpu.Training.Data;
using Gpu.Training.Random;

namespace Gpu.Training.Loop;

/// <summary>How a network is trained. Everything here changes the weights that come out, except <see cref="DataMode"/>.</summary>
public sealed record TrainerOptions
{
    /// <summary>Samples of a step; the last batch of an epoch may be smaller.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>mu of v = mu v + g, w -= lr v; 0 for plain gradient descent.</summary>
    public float Momentum { get; init; }

    /// <summary>lambda of the lambda w that is added to the gradient of the mean loss, weights only.</summary>
    public float L2 { get; init; }

    /// <summary>From which step on a sample that is answered right is not learned from; null for never.</summary>
    public int? SkipCorrectAfter { get; init; }

    /// <summary>How a byte becomes an input.</summary>
    public PixelScaling Scaling { get; init; } = PixelScaling.Unit;

    /// <summary>Where the samples are.</summary>
    public DataMode DataMode { get; init; }

    /// <summary>The seed of the order of the samples.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Whether the update can run inside the launch that makes the gradient: plain gradient descent.</summary>
    internal bool IsPlainDescent => Momentum == 0 && L2 == 0;

    /// <summary>The order of the samples in an epoch: a function of the seed and the epoch alone.</summary>
    internal void FillOrder(Span<int> order, int epoch)
    {
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        new RandomStream(Seed, RandomPurpose.Shuffle, epoch).Shuffle(order);
    }
}

/// <summary>What one pass over the training data gave.</summary>
/// <param name="Samples">Samples trained on.</param>
/// <param name="Loss">The mean loss of the samples, each before the step that learned from it.</param>
/// <param name="Correct">Samples answered right, each before the step that learned from it.</param>
/// <param name="Seconds">The training pass alone, the shuffling included.</param>
/// <param name="Completed">Whether the pass ran to its end; false where it was cancelled.</param>
public readonly record struct EpochResult(int Samples, double Loss, int Correct, double Seconds, bool Completed)
{
    /// <summary>The share answered right.</summary>
    public double Accuracy => Samples == 0 ? double.NaN : (double)Correct / Samples;

    /// <summary>Samples per second of the pass.</summary>
    public double SamplesPerSecond => Samples / Seconds;
}
