using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Metrics;

namespace Gpu.Host.RunReport;

/// <summary>An answer to one of the samples that judge a run.</summary>
/// <param name="Sample">Its number, from 0 on.</param>
/// <param name="Label">What it is.</param>
/// <param name="Answer">What the network said.</param>
/// <param name="Sure">The probability of the answer.</param>
/// <param name="OfLabel">The probability of the label.</param>
internal sealed record Judged(int Sample, int Label, int Answer, float Sure, float OfLabel);

/// <summary>Answers whose probabilities lie in one part of the axis of probabilities.</summary>
/// <param name="Count">Answers.</param>
/// <param name="Right">Right ones.</param>
/// <param name="Sure">The mean probability that they were given; NaN where there are none.</param>
internal sealed record CalibrationBin(long Count, long Right, double Sure);

/// <summary>Samples of one class that were answered as another.</summary>
/// <param name="Label">What they are.</param>
/// <param name="Answer">What the network said.</param>
/// <param name="Count">How many.</param>
internal sealed record Confusion(int Label, int Answer, long Count);

/// <summary>What a report counts over the samples that judge a run: confusion, mistakes, calibration.</summary>
/// <param name="data">Labelled samples.</param>
/// <param name="classes">Classes of the network.</param>
/// <param name="areProbabilities">Whether it gives probabilities that add up to 1.</param>
internal sealed class Findings(DataSet data, int classes, bool areProbabilities)
{
    /// <summary>Parts of the axis of probabilities.</summary>
    internal const int Bins = 10;

    private readonly List<Judged> _mistakes = [];
    private readonly long[] _counts = new long[Bins], _right = new long[Bins];
    private readonly double[] _sure = new double[Bins];

    /// <summary>A row for each label, a column for each answer.</summary>
    internal ConfusionMatrix Matrix => Answers.Matrix;

    /// <summary>Accuracy with its interval and its baseline, and the measures beside it.</summary>
    internal ClassScore Answers { get; } = new(classes, areProbabilities);

    /// <summary>The samples.</summary>
    internal DataSet Data => data;

    /// <summary>Loss and right answers; the loss of the whole pass.</summary>
    internal Evaluation Score { get; set; }

    /// <summary>What was answered wrong, the least likely labels first.</summary>
    internal IEnumerable<Judged> Mistakes => _mistakes.OrderBy(mistake => mistake.OfLabel).ThenBy(mistake => mistake.Sample);

    /// <summary>For each part of the axis of probabilities: answers, right ones, and the mean probability that they were given.</summary>
    internal IReadOnlyList<CalibrationBin> Calibration => [.. Enumerable.Range(0, Bins).Select(bin => new CalibrationBin(_counts[bin], _right[bin], _sure[bin] / _counts[bin]))];

    /// <summary>The expected calibration error: how far the share of right answers is from the probability, on average.</summary>
    internal double CalibrationError =>
        Calibration.Where(bin => bin.Count > 0).Sum(bin => Math.Abs(((double)bin.Right / bin.Count) - bin.Sure) * bin.Count) / _counts.Sum();

    /// <summary>Counts the answers to some samples.</summary>
    internal void Add(AnswerBatch batch)
    {
        for (var row = 0; row < batch.Count; row++)
        {
            var sample = batch.First + row;
            var (label, answer) = (data.Labels[sample], batch.Answer(row));
            var sure = batch.Probabilities(row)[answer];
            Answers.Add(label, answer, batch.Probabilities(row));
            var bin = Math.Clamp((int)(sure * Bins), 0, Bins - 1);
            _counts[bin]++;
            _right[bin] += label == answer ? 1 : 0;
            _sure[bin] += sure;
            if (label != answer)
            {
                _mistakes.Add(new Judged(sample, label, answer, sure, batch.Probabilities(row)[label]));
            }
        }
    }

    /// <summary>Pairs of label and answer that were confused, the most frequent first.</summary>
    internal IEnumerable<Confusion> Confused()
    {
        var pairs = new List<Confusion>();
        for (var label = 0; label < classes; label++)
        {
            for (var answer = 0; answer < classes; answer++)
            {
                if (label != answer && Matrix[label, answer] > 0)
                {
                    pairs.Add(new Confusion(label, answer, Matrix[label, answer]));
                }
            }
        }

        return pairs.OrderByDescending(pair => pair.Count);
    }
}
