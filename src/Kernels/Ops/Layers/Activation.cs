namespace Gpu.Kernels.Ops;

/// <summary>What a layer applies to its sums. The derivative of each can be had from its output alone.</summary>
public enum Activation
{
    /// <summary>y = a.</summary>
    Identity = 0,

    /// <summary>y = max(a, 0); the derivative at 0 is 0.</summary>
    Relu = 1,

    /// <summary>y = a where a &gt; 0, else 0.01 a.</summary>
    LeakyRelu = 2,

    /// <summary>y = 1 / (1 + exp(-a)).</summary>
    Sigmoid = 3,

    /// <summary>y = tanh(a).</summary>
    Tanh = 4,

    /// <summary>y = 1.7159 tanh(2a/3) (LeCun, "Efficient BackProp", 1998).</summary>
    ScaledTanh = 5,
}
