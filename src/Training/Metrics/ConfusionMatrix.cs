namespace Gpu.Training.Metrics;

/// <summary>How one class was answered.</summary>
/// <param name="Label">The class.</param>
/// <param name="Support">Samples of the class.</param>
/// <param name="Predicted">Samples answered as the class.</param>
/// <param name="Precision">Of those answered as the class, the share that is of it; NaN (0/0) where nothing was answered so.</param>
/// <param name="Recall">Of those of the class, the share answered so; NaN (0/0) where there are none.</param>
/// <param name="F1">
/// 2 TP / (2 TP + FP + FN), the harmonic mean of the two; NaN (0/0) where the class neither occurs nor is answered.
/// </param>
public sealed record ClassMetrics(int Label, long Support, long Predicted, double Precision, double Recall, double F1);

/// <summary>Counts of samples by label and answer.</summary>
public sealed class ConfusionMatrix
{
    private readonly long[] _counts;

    /// <summary>A matrix of zeros.</summary>
    /// <param name="classes">How many classes there are.</param>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        Classes = classes;
        _counts = new long[checked(classes * classes)];
    }

    /// <summary>Classes.</summary>
    public int Classes { get; }

    /// <summary>Samples of a label that got an answer.</summary>
    public long this[int label, int answer] => _counts[Index(label, answer)];

    /// <summary>Counts one sample.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Label or answer is no class.</exception>
    public void Add(int label, int answer) => _counts[Index(label, answer)]++;

    /// <summary>How a class was answered.</summary>
    public ClassMetrics Of(int label)
    {
        long support = 0, predicted = 0;
        for (var other = 0; other < Classes; other++)
        {
            support += this[label, other];
            predicted += this[other, label];
        }

        var right = this[label, label];
        return new ClassMetrics(label, support, predicted, Ratio(right, predicted), Ratio(right, support),
            Ratio(2 * right, predicted + support));
    }

    private int Index(int label, int answer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, Classes);
        ArgumentOutOfRangeException.ThrowIfNegative(answer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(answer, Classes);
        return (label * Classes) + answer;
    }

    private static double Ratio(long part, long whole) => whole == 0 ? double.NaN : (double)part / whole;
}
