using Gpu.Training.Metrics;

namespace Gpu.Training.Tests.Metrics;

/// <summary>Scores that can be worked out by hand.</summary>
public sealed class ScoreTests
{
    [Fact]
    public void Classes_have_balanced_accuracy_f1_log_loss_and_the_area_under_the_curve()
    {
        var score = new ClassScore(2, areProbabilities: true);
        foreach (var (label, second) in new[] { (0, 0.1f), (0, 0.6f), (0, 0.3f), (1, 0.6f), (1, 0.9f) })
        {
            score.Add(label, second > 0.5f ? 1 : 0, [1 - second, second]);
        }

        Assert.Equal((4L, 5, 0.8), (score.Correct, score.Count, score.Accuracy));
        Assert.Equal(((2.0 / 3) + 1) / 2, score.BalancedAccuracy, 1e-12);
        Assert.Equal((0.8 + 0.8) / 2, score.MacroF1, 1e-12);
        Assert.Equal(-(Math.Log(0.9) + Math.Log(0.4) + Math.Log(0.7) + Math.Log(0.6) + Math.Log(0.9)) / 5, score.LogLoss!.Value, 1e-6);

        // Of the 6 pairs 5 are in order, and one has equal probabilities.
        Assert.Equal(5.5 / 6, score.Auc!.Value, 1e-12);

        // From the surest down: a second, then one of each at once, then the two firsts.
        var third = 1.0 / 3;
        Assert.Equal([(0, 0), (0, 0.5), (third, 1), (2 * third, 1), (1, 1)], score.Roc);
        Assert.Equal(score.Auc.Value, score.Roc.Zip(score.Roc.Skip(1), (a, b) => (b.False - a.False) * (a.True + b.True) / 2).Sum(), 1e-12);
        Assert.Equal(0.6, score.Baseline);
        Assert.False(score.IsAboveBaseline);
    }

    [Fact]
    public void A_class_without_samples_leaves_no_area_and_an_impossible_label_a_finite_loss()
    {
        var score = new ClassScore(2, areProbabilities: true);
        score.Add(0, 1, [0, 1]);
        Assert.Null(score.Auc);
        Assert.Empty(score.Roc);
        Assert.Equal(-Math.Log(1e-15), score.LogLoss!.Value, 1e-9);
        Assert.Null(new ClassScore(2, areProbabilities: false).LogLoss);
        Assert.Null(new ClassScore(3, areProbabilities: true).Auc);
    }

    [Fact]
    public void Intervals_of_shares_are_those_of_wilson()
    {
        // By statsmodels.stats.proportion.proportion_confint(8, 10, method="wilson"), and by the formula for none and all.
        var (low, high) = Shares.Interval(8, 10);
        Assert.Equal((0.4901624715, 0.9433178485), (Math.Round(low, 10), Math.Round(high, 10)));
        Assert.Equal(0, Shares.Interval(0, 10).Low, 1e-12);
        Assert.Equal(1, Shares.Interval(10, 10).High, 1e-12);
    }

    [Fact]
    public void Quantities_have_errors_in_their_own_units_beside_the_mean_of_training()
    {
        var score = new QuantityScore(trainingMean: 1_000_001);
        foreach (var (quantity, answer) in new[] { (1_000_000.0, 1_000_001.0), (1_000_002, 1_000_002), (1_000_004, 1_000_002) })
        {
            score.Add(quantity, answer);
        }

        Assert.Equal((Math.Sqrt(5.0 / 3), 1.0), (score.Rmse, score.MeanAbsoluteError));
        Assert.Equal(Math.Sqrt(8.0 / 3), score.Deviation, 1e-12);
        Assert.Equal(1 - (5.0 / 8), score.R2, 1e-12);
        Assert.Equal(Math.Sqrt(11.0 / 3), score.BaselineRmse, 1e-12);

        // Squared errors 1, 0 and 4: mean 5/3, deviation sqrt(17/3 - 25/9).
        var reach = 1.959963984540054 * Math.Sqrt(((17.0 / 3) - (25.0 / 9)) / 3);
        Assert.Equal(Math.Sqrt((5.0 / 3) + reach), score.Interval.High, 1e-12);
        Assert.True(score.IsBelowBaseline);
    }
}
