namespace Gpu.Training.Metrics;

/// <summary>How a network answered labelled samples.</summary>
/// <param name="Count">Samples.</param>
/// <param name="Correct">Samples whose label was the answer.</param>
/// <param name="Loss">The mean loss of the samples.</param>
public readonly record struct Evaluation(int Count, int Correct, double Loss)
{
    /// <summary>The share answered right, 0 to 1; NaN where there are no samples.</summary>
    public double Accuracy => Count == 0 ? double.NaN : (double)Correct / Count;

    /// <summary>
    /// How far the accuracy of other samples of the same kind may well lie from this one, one standard deviation:
    /// sqrt(p (1 - p) / n); NaN where there are no samples.
    /// </summary>
    public double StandardError => Math.Sqrt(Accuracy * (1 - Accuracy) / Count);
}
