using Gpu.Kernels.Ops;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Networks;

public class InitialWeightsTests
{
    private static readonly NetworkShape _shape =
        NetworkShape.Dense(300, [200], 50, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);

    private static float[] Draw(WeightDistribution distribution, ulong seed = 1, float bias = 0) =>
        InitialWeights.Draw(_shape, distribution, bias, seed);

    /// <summary>Mean and variance of n samples lie within 5 of their standard errors: wrong once in a million seeds.</summary>
    private static void AssertMoments(ReadOnlySpan<float> weights, double variance, double kurtosis)
    {
        double sum = 0, squares = 0;
        foreach (var weight in weights)
        {
            sum += weight;
            squares += (double)weight * weight;
        }

        var n = weights.Length;
        var (mean, found) = (sum / n, squares / n);
        Assert.True(Math.Abs(mean) <= 5 * Math.Sqrt(variance / n), $"mean {mean}");
        Assert.True(Math.Abs(found - variance) <= 5 * variance * Math.Sqrt((kurtosis - 1) / n), $"variance {found}, expected {variance}");
    }

    [Theory]
    [InlineData("he", 2.0 / 300, 2.0 / 200)]
    [InlineData("xavier", 1.0 / 300, 1.0 / 200)]
    [InlineData("normal", 1.0, 1.0)]
    [InlineData("fan-out", 1.0 / 200, 1.0 / 50)]
    public void Normal_weights_have_the_variance_of_their_rule(string name, double first, double second)
    {
        Assert.True(WeightDistribution.TryParse(name, out var distribution));
        Assert.Equal(name, distribution.ToString());
        var slab = Draw(distribution);
        AssertMoments(slab.AsSpan(0, 60_000), first, kurtosis: 3);
        AssertMoments(slab.AsSpan(60_000, 10_000), second, kurtosis: 3);
    }

    [Fact]
    public void Uniform_weights_fill_their_range_and_stay_in_it()
    {
        Assert.True(WeightDistribution.TryParse("uniform:0.1", out var distribution));
        var weights = Draw(distribution).AsSpan(0, _shape.WeightCount);
        AssertMoments(weights, 0.01 / 3, kurtosis: 1.8);
        foreach (var weight in weights)
        {
            Assert.True(Math.Abs(weight) <= 0.1f);
        }

        Assert.Equal("uniform:0.1", distribution.ToString());
    }

    [Fact]
    public void Biases_start_at_the_value_asked_for()
    {
        var slab = Draw(new WeightDistribution(WeightRule.He), bias: 1);
        Assert.All(slab[_shape.WeightCount..], bias => Assert.Equal(1f, bias));
        Assert.All(slab[.._shape.WeightCount], weight => Assert.True(float.IsFinite(weight)));
    }

    [Fact]
    public void The_seed_decides_every_bit_and_layers_share_no_sequence()
    {
        var he = new WeightDistribution(WeightRule.Normal);
        Assert.Equal(Draw(he, seed: 7), Draw(he, seed: 7));
        Assert.NotEqual(Draw(he, seed: 7), Draw(he, seed: 8));
        var slab = Draw(he, seed: 7);
        Assert.NotEqual(slab[..100], slab[60_000..60_100]);
    }

    [Fact]
    public void A_layer_keeps_its_weights_when_another_is_added_behind_it()
    {
        var longer = NetworkShape.Dense(300, [200, 7], 50, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        var slab = InitialWeights.Draw(longer, new WeightDistribution(WeightRule.He), 0, 1);
        Assert.Equal(Draw(new WeightDistribution(WeightRule.He))[..60_000], slab[..60_000]);
    }

    [Theory]
    [InlineData("He")]
    [InlineData("")]
    [InlineData("uniform")]
    [InlineData("uniform:")]
    [InlineData("uniform:0")]
    [InlineData("uniform:-1")]
    [InlineData("uniform:NaN")]
    [InlineData("uniform:Infinity")]
    public void Other_names_are_no_distribution(string name) => Assert.False(WeightDistribution.TryParse(name, out _));
}
