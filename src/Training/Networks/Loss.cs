namespace Gpu.Training.Networks;

/// <summary>What a network is trained to make small. Each is the mean over the samples of a batch.</summary>
public enum Loss
{
    /// <summary>-log of the probability that softmax of the last layer gives the label.</summary>
    CrossEntropy = 0,

    /// <summary>The mean over the outputs of (p - t)^2, where p is softmax of the last layer and t is 1 at the label, else 0.</summary>
    MeanSquaredError = 1,

    /// <summary>
    /// The mean over the outputs of -t log s - (1 - t) log(1 - s), where s is the sigmoid of the last layer and t is 1 at the
    /// label, else 0.
    /// </summary>
    BinaryCrossEntropy = 2,
}
