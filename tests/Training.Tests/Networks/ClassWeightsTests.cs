using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Networks;

public class ClassWeightsTests
{
    private static DataSet Samples(params byte[] labels) => new("samples", new byte[labels.Length], labels, 1, 1, labels.Max() + 1);

    /// <summary>12 samples of three classes: 12 / (3 x 6), 12 / (3 x 4), 12 / (3 x 2); all samples count as much as before together.</summary>
    [Fact]
    public void Balanced_weights_make_classes_count_alike()
    {
        var data = Samples(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2);
        Assert.Equal([12f / 18, 1, 2], ClassWeights.Balanced.Resolve(data, 3).Values);
        Assert.Equal("0.6666667,1,2", ClassWeights.Balanced.Resolve(data, 3).ToString());
    }

    /// <summary>A class of the network that the samples lack says nothing about the others.</summary>
    [Fact]
    public void Classes_without_a_sample_are_not_counted() => Assert.Equal([1f, 1, 1], ClassWeights.Balanced.Resolve(Samples(0, 2), 3).Values);

    [Fact]
    public void Weights_are_as_many_as_classes()
    {
        var weights = ClassWeights.Parse("1,2")!;
        Assert.Same(weights, weights.Resolve(Samples(0, 1), 2));
        var error = Assert.Throws<TrainingException>(() => weights.Resolve(Samples(0, 2), 3));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("a number for each of the 3 classes of samples, found 2", error.Message, StringComparison.Ordinal);
    }
}
