using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Networks;

/// <summary>
/// <c>cross-entropy</c>: -log of the probability that softmax of the outputs gives the label; with label smoothing and weights of classes as
/// PyTorch's <c>cross_entropy</c> has them, see <see cref="WeightedCrossEntropy"/>.
/// </summary>
public sealed record CrossEntropyLoss() : Loss(LossHead.Softmax)
{
    /// <inheritdoc/>
    public override string Name => "cross-entropy";

    /// <inheritdoc/>
    public override IReadOnlyList<LossHead> Heads => [LossHead.Softmax];

    /// <inheritdoc/>
    public override bool TakesTerms => true;

    /// <inheritdoc/>
    internal override LossFunction? Fused => LossFunction.SoftmaxCrossEntropy;

    /// <inheritdoc/>
    internal override Launch Prepare(ComputeAccelerator accelerator, LossBatch batch, LossTerms? terms) => terms is null
        ? SoftmaxCrossEntropy.Prepare(accelerator, batch)
        : WeightedCrossEntropy.Prepare(accelerator, batch, terms.Weights, terms.Smoothing);

    /// <inheritdoc/>
    internal override LossReference Reference(double[] outputs, int[] labels, int rows, int classes, LossSettings settings) => settings.IsPlain
        ? Reference64.SoftmaxCrossEntropy(outputs, labels, rows, classes)
        : Reference64.WeightedCrossEntropy(
            outputs, labels, rows, classes, [.. settings.ClassWeights?.Select(weight => (double)weight) ?? Enumerable.Repeat(1.0, classes)],
            settings.LabelSmoothing);

    /// <inheritdoc/>
    private protected override Launch PrepareOfProbabilities(ComputeAccelerator accelerator, LossBatch batch) => Kernels.Ops.CrossEntropy.Prepare(accelerator, batch);
}
