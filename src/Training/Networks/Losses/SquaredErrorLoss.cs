using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Networks;

/// <summary>
/// <c>mse</c>: the mean over the outputs of (y - t)^2, where t is 1 at the label, else 0, and y is softmax of the outputs; without a head what comes
/// out of the last layer itself, such as sigmoids. Of a quantity t is the quantity, standardised, and y what comes out.
/// </summary>
public sealed record SquaredErrorLoss() : Loss(LossHead.Softmax)
{
    /// <inheritdoc/>
    public override string Name => "mse";

    /// <inheritdoc/>
    public override IReadOnlyList<LossHead> Heads => [LossHead.Softmax, LossHead.None];

    /// <inheritdoc/>
    internal override LossFunction? Fused => Head == LossHead.Softmax ? LossFunction.SoftmaxSquaredError : null;

    /// <inheritdoc/>
    internal override RegressionKind? OfQuantities => Head == LossHead.None ? RegressionKind.Squared : null;

    /// <inheritdoc/>
    internal override Launch Prepare(ComputeAccelerator accelerator, LossBatch batch, LossTerms? terms) => Head == LossHead.Softmax
        ? SoftmaxSquaredError.Prepare(accelerator, batch)
        : SquaredError.Prepare(accelerator, batch);

    /// <inheritdoc/>
    internal override LossReference Reference(double[] outputs, int[] labels, int rows, int classes, LossSettings settings) => Head == LossHead.Softmax
        ? Reference64.SoftmaxSquaredError(outputs, labels, rows, classes)
        : Reference64.SquaredError(outputs, labels, rows, classes);

    /// <inheritdoc/>
    private protected override Launch PrepareOfProbabilities(ComputeAccelerator accelerator, LossBatch batch) => SquaredError.Prepare(accelerator, batch);
}
