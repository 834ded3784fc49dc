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
internal readonly record struct Judged(int Sample, int Label, int Answer, float Sure, float OfLabel);

/// <summary>What a report counts over the samples that judge a run: confusion, mistakes, calibration.</summary>
/// <param name="data">Labelled samples.</param>
/// <param name="classes">Classes of the network.</param>
/// <param name="areProbabilities">Whether it gives probabilities that add up to 1.</param>
internal sealed class Findings(DataSet data, int classes, bool areProbabilities)
{
    /// <summary>Parts of the axis of probabilities.</summary>
    internal const int Bins = 10;

    private readonly List<Judged> _mistakes = [];
    private readonly (long Count, long Right, double Sure)[] _bins = new (long, long, double)[Bins];

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
    internal IReadOnlyList<(long Count, long Right, double Sure)> Calibration => [.. _bins.Select(bin => bin with { Sure = bin.Count == 0 ? double.NaN : bin.Sure / bin.Count })];

    /// <summary>The expected calibration error: how far the share of right answers is from the probability, on average.</summary>
    internal double CalibrationError =>
        Calibration.Where(bin => bin.Count > 0).Sum(bin => Math.Abs(((double)bin.Right / bin.Count) - bin.Sure) * bin.Count) / _bins.Sum(bin => bin.Count);

    /// <summary>Counts the answers to some samples.</summary>
    internal void Add(AnswerBatch batch)
    {
        for (var row = 0; row < batch.Count; row++)
        {
            var sample = batch.First + row;
            var (label, answer) = (data.Labels[sample], batch.Answer(row));
            var judged = new Judged(sample, label, answer, batch.Probabilities(row)[answer], batch.Probabilities(row)[label]);
            Answers.Add(label, answer, batch.Probabilities(row));
            ref var bin = ref _bins[Math.Clamp((int)(judged.Sure * Bins), 0, Bins - 1)];
            bin = (bin.Count + 1, bin.Right + (label == answer ? 1 : 0), bin.Sure + judged.Sure);
            if (label != answer)
            {
                _mistakes.Add(judged);
            }
        }
    }

    /// <summary>Pairs of label and answer that were confused, the most frequent first.</summary>
    internal IEnumerable<(int Label, int Answer, long Count)> Confused() =>
        from label in Enumerable.Range(0, classes)
        from answer in Enumerable.Range(0, classes)
        where label != answer && Matrix[label, answer] > 0
        orderby Matrix[label, answer] descending
        select (label, answer, Matrix[label, answer]);
}
