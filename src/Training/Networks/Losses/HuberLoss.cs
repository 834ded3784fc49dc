using Gpu.Kernels.Ops;

namespace Gpu.Training.Networks;

/// <summary><c>huber</c>: (y - t)^2 / 2 up to a distance of 1, and beyond it the distance less 1/2, where t is a quantity, standardised, and y what comes out.</summary>
public sealed record HuberLoss() : QuantityLoss
{
    /// <inheritdoc/>
    public override string Name => "huber";

    /// <inheritdoc/>
    internal override RegressionKind? OfQuantities => RegressionKind.Huber;
}
