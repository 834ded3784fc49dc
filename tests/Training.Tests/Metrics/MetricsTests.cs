using Gpu.Training.Metrics;

namespace Gpu.Training.Tests.Metrics;

public class MetricsTests
{
    /// <summary>Labels down, answers across: 3 0 1 / 2 4 0 / 0 0 0, so that class 2 has no samples.</summary>
    private static ConfusionMatrix Matrix()
    {
        var matrix = new ConfusionMatrix(3);
        foreach (var (label, answer, times) in new[] { (0, 0, 3), (0, 2, 1), (1, 0, 2), (1, 1, 4) })
        {
            for (var i = 0; i < times; i++)
            {
                matrix.Add(label, answer);
            }
        }

        return matrix;
    }

    [Fact]
    public void Samples_are_counted_by_label_and_answer()
    {
        var matrix = Matrix();
        Assert.Equal(3, matrix.Classes);
        Assert.Equal((3L, 0L, 1L), (matrix[0, 0], matrix[0, 1], matrix[0, 2]));
        Assert.Equal((2L, 4L, 0L), (matrix[1, 0], matrix[1, 1], matrix[1, 2]));
        Assert.Equal((0L, 0L, 0L), (matrix[2, 0], matrix[2, 1], matrix[2, 2]));
    }

    [Fact]
    public void Precision_recall_and_F1_are_those_worked_out_by_hand()
    {
        Assert.Equal(new ClassMetrics(0, 4, 5, 3.0 / 5, 3.0 / 4, 6.0 / 9), Matrix().Of(0));
        Assert.Equal(new ClassMetrics(1, 6, 4, 1, 4.0 / 6, 8.0 / 10), Matrix().Of(1));
    }

    [Fact]
    public void A_share_of_nothing_is_NaN()
    {
        var absent = Matrix().Of(2);
        Assert.Equal((0L, 1L, 0.0, 0.0), (absent.Support, absent.Predicted, absent.Precision, absent.F1));
        Assert.True(double.IsNaN(absent.Recall));
        var never = new ConfusionMatrix(2).Of(1);
        Assert.True(double.IsNaN(never.Precision) && double.IsNaN(never.Recall) && double.IsNaN(never.F1));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(3, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 3)]
    public void What_is_no_class_is_refused(int label, int answer) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Matrix().Add(label, answer));

    [Fact]
    public void Accuracy_has_its_standard_error()
    {
        var evaluation = new Evaluation(400, 320, 0.5);
        Assert.Equal(0.8, evaluation.Accuracy);
        Assert.Equal(0.02, evaluation.StandardError, 1e-15);
        Assert.Equal(0, new Evaluation(5, 5, 0).StandardError);
        Assert.True(double.IsNaN(new Evaluation(0, 0, 0).Accuracy) && double.IsNaN(new Evaluation(0, 0, 0).StandardError));
    }
}
