using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Networks;

/// <summary>
/// <c>binary-cross-entropy</c>: the mean over the outputs of -t log s - (1 - t) log(1 - s), where s is the sigmoid of an output and t is 1 at the
/// label, else 0.
/// </summary>
public sealed record BinaryCrossEntropyLoss() : Loss(LossHead.Sigmoid)
{
    /// <inheritdoc/>
    public override string Name => "binary-cross-entropy";

    /// <inheritdoc/>
    public override IReadOnlyList<LossHead> Heads => [LossHead.Sigmoid];

    /// <inheritdoc/>
    internal override LossFunction? Fused => LossFunction.BinaryCrossEntropy;

    /// <inheritdoc/>
    internal override Launch Prepare(ComputeAccelerator accelerator, LossBatch batch, LossTerms? terms) =>
        Kernels.Ops.BinaryCrossEntropy.Prepare(accelerator, batch);

    /// <inheritdoc/>
    internal override LossReference Reference(double[] outputs, int[] labels, int rows, int classes, LossSettings settings) =>
        Reference64.BinaryCrossEntropy(outputs, labels, rows, classes);
}
