using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Networks;

/// <summary>A loss of quantities, which classes cannot be learned by.</summary>
public abstract record QuantityLoss() : Loss(LossHead.None)
{
    /// <inheritdoc/>
    public sealed override IReadOnlyList<LossHead> Heads => [LossHead.None];

    /// <inheritdoc/>
    public sealed override bool TakesClasses => false;

    /// <inheritdoc/>
    internal sealed override Launch Prepare(ComputeAccelerator accelerator, LossBatch batch, LossTerms? terms) => throw NoClasses();

    /// <inheritdoc/>
    internal sealed override LossReference Reference(double[] outputs, int[] labels, int rows, int classes, LossSettings settings) => throw NoClasses();

    private NotSupportedException NoClasses() => new($"{Name} learns quantities, no classes.");
}
