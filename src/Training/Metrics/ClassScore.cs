namespace Gpu.Training.Metrics;

/// <summary>How a network answered classes: what accuracy alone does not say, and how far it may be trusted.</summary>
/// <param name="classes">Classes of the network.</param>
/// <param name="areProbabilities">Whether it gives probabilities that add up to 1, so that there is a log loss.</param>
public sealed class ClassScore(int classes, bool areProbabilities)
{
    /// <summary>A smaller probability counts as this one: the logarithm of 0 would be all that is left of a score.</summary>
    private const double LeastProbability = 1e-15;

    private readonly List<(float Probability, bool IsSecond)> _ofSecond = [];
    private double _logLoss;

    /// <summary>A row for each label, a column for each answer.</summary>
    public ConfusionMatrix Matrix { get; } = new(classes);

    /// <summary>Samples.</summary>
    public int Count { get; private set; }

    /// <summary>Samples whose label was the answer.</summary>
    public long Correct => Enumerable.Range(0, classes).Sum(c => Matrix[c, c]);

    /// <summary>The share answered right.</summary>
    public double Accuracy => (double)Correct / Count;

    /// <summary>The 95 % interval of the accuracy, see <see cref="Shares.Interval"/>.</summary>
    public (double Low, double High) Interval => Shares.Interval(Correct, Count);

    /// <summary>The share of the largest class, which an answer without looking would reach.</summary>
    public double Baseline => (double)Of.Max(of => of.Support) / Count;

    /// <summary>Whether the accuracy is above the baseline, as far as so many samples tell.</summary>
    public bool IsAboveBaseline => Interval.Low > Baseline;

    /// <summary>The mean over the classes that occur of the share of each that is answered right.</summary>
    public double BalancedAccuracy => Of.Where(of => of.Support > 0).Average(of => of.Recall);

    /// <summary>The mean over the classes of F1; those that neither occur nor are answered have none.</summary>
    public double MacroF1 => Of.Where(of => !double.IsNaN(of.F1)).Average(of => of.F1);

    /// <summary>The mean of -log of the probability of the label; null where there are no probabilities.</summary>
    public double? LogLoss => areProbabilities ? _logLoss / Count : null;

    /// <summary>
    /// Of two classes, the chance that a sample of the second has the higher probability of it than one of the first, equal ones counting half
    /// (the area under the ROC curve, as Mann and Whitney count it, 1947); null where there are more classes, or one of them has no sample.
    /// </summary>
    public double? Auc => classes == 2 && Of.All(of => of.Support > 0) ? Area() : null;

    /// <summary>
    /// Of two classes, the ROC curve (T. Fawcett, "An introduction to ROC analysis", 2006) for the second: for each of its probabilities that occur, from the
    /// highest down, the shares of the first class's samples and of the second's that have at least that. From (0, 0) to (1, 1); empty where there is no
    /// <see cref="Auc"/>.
    /// </summary>
    public IReadOnlyList<(double False, double True)> Roc
    {
        get
        {
            if (Auc is null)
            {
                return [];
            }

            var (firsts, seconds) = (0L, 0L);
            var points = new List<(double, double)> { (0, 0) };
            foreach (var equal in _ofSecond.GroupBy(sample => sample.Probability).OrderByDescending(group => group.Key))
            {
                seconds += equal.Count(sample => sample.IsSecond);
                firsts += equal.Count(sample => !sample.IsSecond);
                points.Add(((double)firsts / Matrix.Of(0).Support, (double)seconds / Matrix.Of(1).Support));
            }

            return points;
        }
    }

    private IEnumerable<ClassMetrics> Of => Enumerable.Range(0, classes).Select(Matrix.Of);

    /// <summary>Counts an answer.</summary>
    /// <param name="label">What the sample is.</param>
    /// <param name="answer">What the network said.</param>
    /// <param name="probabilities">The probability of each class.</param>
    public void Add(int label, int answer, ReadOnlySpan<float> probabilities)
    {
        Count++;
        Matrix.Add(label, answer);
        _logLoss -= Math.Log(Math.Max(probabilities[label], LeastProbability));
        if (classes == 2)
        {
            _ofSecond.Add((probabilities[1], label == 1));
        }
    }

    private double Area()
    {
        var ordered = _ofSecond.OrderBy(sample => sample.Probability).ToList();
        var (ranks, seconds) = (0.0, 0L);
        for (int first = 0, next; first < ordered.Count; first = next)
        {
            for (next = first + 1; next < ordered.Count && ordered[next].Probability == ordered[first].Probability; next++)
            {
            }

            // Equal ones share the mean of their ranks, which count from 1.
            var some = ordered.Skip(first).Take(next - first).Count(sample => sample.IsSecond);
            ranks += some * ((first + next + 1) / 2.0);
            seconds += some;
        }

        return (ranks - (seconds * (seconds + 1) / 2.0)) / ((double)seconds * (ordered.Count - seconds));
    }
}

/// <summary>Shares of samples.</summary>
public static class Shares
{
    /// <summary>The 95 % interval of a share (E. B. Wilson, 1927), which holds near 0 and 1, too.</summary>
    /// <param name="part">Samples that count.</param>
    /// <param name="whole">All samples.</param>
    public static (double Low, double High) Interval(long part, long whole)
    {
        const double z = QuantityScore.Deviations95;
        var (n, p) = ((double)whole, (double)part / whole);
        var middle = p + (z * z / (2 * n));
        var half = z * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n)));
        return ((middle - half) / (1 + (z * z / n)), (middle + half) / (1 + (z * z / n)));
    }
}
