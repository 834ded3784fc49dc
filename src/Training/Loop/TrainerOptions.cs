using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>How a network is trained. Everything here changes the weights that come out, except <see cref="DataMode"/>,
/// <see cref="MeasureGradient"/>, <see cref="TimesSteps"/> and <see cref="StopEvery"/>.</summary>
public sealed record TrainerOptions
{
    /// <summary>Samples of a step; the last batch of an epoch may be smaller.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The most batches of a step.</summary>
    public const int MostBatches = 1000;

    /// <summary>
    /// In how many batches a step takes its samples, whose gradients are added up: a number that divides <see cref="BatchSize"/>, at most <see cref="MostBatches"/>. What comes out is that of
    /// one batch up to rounding, except for layers that measure a batch, and weights of classes, which are divided by their sum in each.
    /// </summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>How gradients change parameters.</summary>
    public OptimizerChoice Optimizer { get; init; } = OptimizerChoice.Default;

    /// <summary>mu of v = mu v + g, w -= lr v, where the optimizer has a momentum; 0 for none.</summary>
    public float Momentum { get; init; }

    /// <summary>lambda of the lambda w that is added to the gradient of the mean loss, weights only.</summary>
    public float L2 { get; init; }

    /// <summary>The share of the learning rate by which weights shrink beside their gradient; biases do not.</summary>
    public float WeightDecay { get; init; }

    /// <summary>
    /// The norm that the gradient of the mean loss is clipped to in each step, before L2 and momentum: g *= min(1, c / (|g| + 1e-6)), |g|
    /// over all parameters, as PyTorch's <c>clip_grad_norm_</c>; null for none.
    /// </summary>
    public float? ClipNorm { get; init; }

    /// <summary>
    /// The largest magnitude of an element of the gradient of the mean loss, after its norm was clipped and before L2 and momentum, as PyTorch's
    /// <c>clip_grad_value_</c>; null for any.
    /// </summary>
    public float? ClipValue { get; init; }

    /// <summary>What stays in each step of the moving average of the parameters, which begins as they do and answers in their place; null for none.</summary>
    public float? Ema { get; init; }

    /// <summary>What the loss is told for training.</summary>
    public LossSettings Loss { get; init; } = LossSettings.Plain;

    /// <summary>Whether a step whose loss or gradient is NaN or infinite changes nothing, neither parameters nor the optimizer's state.</summary>
    public bool SkipBadSteps { get; init; }

    /// <summary>Whether the norm of the gradient of an epoch's last step is measured; it takes a part of a step.</summary>
    public bool MeasureGradient { get; init; } = true;

    /// <summary>Whether the launches of a few steps of each epoch are measured, for <see cref="Trainer.StepTimes"/>; on a device that works beside the host, of its first epoch.</summary>
    public bool TimesSteps { get; init; }

    /// <summary>From which step on a sample that is answered right is not learned from; null for never.</summary>
    public int? SkipCorrectAfter { get; init; }

    /// <summary>How a byte becomes an input.</summary>
    public PixelScaling Scaling { get; init; } = PixelScaling.Unit;

    /// <summary>What is done to the images of each batch, anew in each epoch; null for nothing.</summary>
    public ImageAugmentation? Augmentation { get; init; }

    /// <summary>Where the samples are.</summary>
    public DataMode DataMode { get; init; }

    /// <summary>
    /// Steps at whose multiples an epoch must be able to end and to go on; 0 where any place will do. Only steps of one sample, of
    /// which one launch takes many, have to know.
    /// </summary>
    public int StopEvery { get; init; }

    /// <summary>How the samples are shuffled.</summary>
    public SampleShuffle Shuffle { get; init; } = SampleShuffle.Full;

    /// <summary>The seed of the order of the samples, and of what layers and augmentations draw.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>One of <see cref="OnlineSgd.Choices"/>, whatever the environment forces; null to leave it to that, the device and the rest of this.</summary>
    internal string? StepVariant { get; init; }

    /// <summary>Whether the update can run inside the launch that makes the gradient: plain gradient descent.</summary>
    internal bool IsPlainDescent => Update.IsPlainDescent && DescendsAtOnce;

    /// <summary>Whether parameters may change as soon as their gradient is there: nothing has to see those of all layers, or of several batches, first.</summary>
    internal bool DescendsAtOnce => !IsControlled && Accumulate == 1;

    /// <summary>Rows of the batches that a step of so many samples takes, one after the other: as large as they may be, and what remains.</summary>
    internal IEnumerable<int> Batches(int samples)
    {
        var rows = BatchSize / Accumulate;
        for (var first = 0; first < samples; first += rows)
        {
            yield return Math.Min(rows, samples - first);
        }
    }

    /// <summary>The share of a batch's bytes that are not 0, roughly: noise leaves hardly any.</summary>
    internal double Density(DataSizes data) => Augmentation is { IsNoisy: true } ? 1 : data.Density;

    /// <summary>What the optimizer is told.</summary>
    internal UpdateSettings Update => new(Optimizer, Momentum, L2, WeightDecay, ClipValue ?? float.PositiveInfinity);

    /// <summary>Whether the norm of every step's gradient is measured and decides on what the step does: clipped numbers do not show what was not finite.</summary>
    internal bool IsControlled => ClipNorm is not null || ClipValue is not null || SkipBadSteps;

    /// <summary>The order of the samples in an epoch: a function of the seed, the epoch and the shuffle alone.</summary>
    internal void FillOrder(Span<int> order, int epoch) => Shuffle.Fill(order, Seed, epoch);
}
