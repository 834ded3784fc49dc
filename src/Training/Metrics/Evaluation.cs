namespace Gpu.Training.Metrics;

/// <summary>How a network answered labelled samples.</summary>
/// <param name="Count">Samples.</param>
/// <param name="Correct">Samples whose label was the answer; 0 where a quantity is learned, of which no answer is right or wrong.</param>
/// <param name="Loss">The mean loss of the samples.</param>
public readonly record struct Evaluation(int Count, int Correct, double Loss)
{
    /// <summary>What one of the loss stands for, where a quantity is learned: its standard deviation in the training rows; null where classes are.</summary>
    public double? Deviation { get; init; }

    /// <summary>The root of the mean squared error, in units of the quantity, where that is the loss.</summary>
    public double Rmse => Math.Sqrt(Loss) * (Deviation ?? double.NaN);

    /// <summary>The share answered right, 0 to 1; NaN where there are no samples.</summary>
    public double Accuracy => Count == 0 ? double.NaN : (double)Correct / Count;

    /// <summary>
    /// How far the accuracy of other samples of the same kind may well lie from this one, one standard deviation:
    /// sqrt(p (1 - p) / n); NaN where there are no samples.
    /// </summary>
    public double StandardError => Math.Sqrt(Accuracy * (1 - Accuracy) / Count);
}
