namespace Gpu.Kernels.Ops;

/// <summary>What is made small for each sample; t is 1 at the label, else 0.</summary>
public enum LossFunction
{
    /// <summary>-log softmax(outputs)[label].</summary>
    SoftmaxCrossEntropy = 0,

    /// <summary>The mean over the outputs of (p - t)^2, p = softmax(outputs), with the full Jacobian of softmax.</summary>
    SoftmaxSquaredError = 1,

    /// <summary>The mean over the outputs of -t log s - (1 - t) log(1 - s), s = sigmoid(output).</summary>
    BinaryCrossEntropy = 2,
}
