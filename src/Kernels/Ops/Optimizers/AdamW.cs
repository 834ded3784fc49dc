namespace Gpu.Kernels.Ops;

/// <summary>
/// Adam with decay beside the gradient (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019), of 0.01 as PyTorch has it
/// where none is given. Biases do not decay.
/// </summary>
public sealed class AdamW : Adam
{
    /// <inheritdoc/>
    public override string Name => "adamw";

    /// <inheritdoc/>
    public override float WeightDecay => 0.01f;
}
