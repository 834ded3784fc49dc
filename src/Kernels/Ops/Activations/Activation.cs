namespace Gpu.Kernels.Ops;

/// <summary>What a layer applies to its sums: one file of this folder each, and a line in <see cref="ActivationList"/>.</summary>
public enum Activation
{
    /// <summary>See <see cref="Ops.Identity"/>.</summary>
    Identity = 0,

    /// <summary>See <see cref="Ops.Relu"/>.</summary>
    Relu = 1,

    /// <summary>See <see cref="Ops.LeakyRelu"/>.</summary>
    LeakyRelu = 2,

    /// <summary>See <see cref="Ops.Sigmoid"/>.</summary>
    Sigmoid = 3,

    /// <summary>See <see cref="Ops.Tanh"/>.</summary>
    Tanh = 4,

    /// <summary>See <see cref="Ops.ScaledTanh"/>.</summary>
    ScaledTanh = 5,

    /// <summary>See <see cref="Ops.Elu"/>.</summary>
    Elu = 6,

    /// <summary>See <see cref="Ops.Selu"/>.</summary>
    Selu = 7,

    /// <summary>See <see cref="Ops.Softplus"/>.</summary>
    Softplus = 8,

    /// <summary>See <see cref="Ops.Silu"/>.</summary>
    Silu = 9,

    /// <summary>See <see cref="Ops.Gelu"/>.</summary>
    Gelu = 10,

    /// <summary>See <see cref="Ops.GeluTanh"/>.</summary>
    GeluTanh = 11,

    /// <summary>See <see cref="Ops.Mish"/>.</summary>
    Mish = 12,
}
