using Gpu.Kernels.Ops;

namespace Gpu.Training.Networks;

/// <summary><c>mae</c>: the mean of |y - t|, where t is a quantity, standardised, and y what comes out: outliers pull no harder than others.</summary>
public sealed record AbsoluteErrorLoss() : QuantityLoss
{
    /// <inheritdoc/>
    public override string Name => "mae";

    /// <inheritdoc/>
    internal override RegressionKind? OfQuantities => RegressionKind.Absolute;
}
