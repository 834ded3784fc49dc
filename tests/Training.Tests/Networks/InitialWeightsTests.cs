using Gpu.Kernels.Ops;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Networks;

public class InitialWeightsTests
{
    private static readonly NetworkShape _shape =
        NetworkShape.Dense(300, [200], 50, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);

    private static float[] Draw(WeightDistribution? distribution, ulong seed = 1, WeightDistribution? bias = null) =>
        InitialWeights.Draw(_shape, distribution, bias ?? WeightDistribution.Constant(0), seed);

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

    /// <summary>The variance of the weights of both layers, and the kurtosis: 3 where they are normal, 1.8 where they are uniform.</summary>
    public static TheoryData<string, double, double, double> Rules => new()
    {
        { "he", 2.0 / 300, 2.0 / 200, 3 },
        { "he-uniform", 2.0 / 300, 2.0 / 200, 1.8 },
        { "xavier", 1.0 / 300, 1.0 / 200, 3 },
        { "xavier-uniform", 2.0 / 500, 2.0 / 250, 1.8 },
        { "glorot", 2.0 / 500, 2.0 / 250, 3 },
        { "lecun", 1.0 / 300, 1.0 / 200, 3 },
        { "lecun-uniform", 1.0 / 300, 1.0 / 200, 1.8 },
        { "normal", 1.0, 1.0, 3 },
        { "fan-out", 1.0 / 200, 1.0 / 50, 3 },
        { "uniform:0.1", 0.01 / 3, 0.01 / 3, 1.8 },
    };

    [Fact]
    public void Every_rule_is_tried() => Assert.Equal(WeightDistributions.Names, Rules.Select(row => row.Data.Item1));

    /// <summary>Uniform weights stay within the square root of three variances.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void Weights_and_biases_have_the_variance_of_their_rule(string name, double first, double second, double kurtosis)
    {
        var rule = WeightDistributions.Parse(name)!;
        Assert.Equal(name, rule.ToString());
        var slab = Draw(rule, bias: rule);
        AssertMoments(slab.AsSpan(0, 60_000), first, kurtosis);
        AssertMoments(slab.AsSpan(60_000, 10_000), second, kurtosis);
        AssertMoments(slab.AsSpan(70_000, 200), first, kurtosis);
        Assert.NotEqual(slab[..200], slab[70_000..70_200]);
        Assert.True(kurtosis == 3 || slab[..60_000].Max(Math.Abs) <= (float)Math.Sqrt(3 * first));
    }

    [Fact]
    public void Biases_start_at_the_value_asked_for()
    {
        var slab = Draw(WeightDistribution.He, bias: WeightDistribution.Constant(1));
        Assert.All(slab[_shape.WeightCount..], bias => Assert.Equal(1f, bias));
        Assert.Equal(Draw(WeightDistribution.He)[.._shape.WeightCount], slab[.._shape.WeightCount]);
        Assert.Equal("0.25", WeightDistributions.ParseBias("0.25")!.Name);
        Assert.Null(WeightDistributions.Parse("0.25"));
    }

    /// <summary>A layer before selu draws by lecun, the others by he.</summary>
    [Fact]
    public void Where_nothing_is_asked_for_the_activation_decides()
    {
        var selu = NetworkShape.Dense(300, [200], 50, [Activation.Selu], Activation.Identity, Loss.CrossEntropy);
        var found = InitialWeights.Draw(selu, weights: null, WeightDistribution.Constant(0), 1);
        Assert.Equal(Draw(WeightDistribution.LeCun)[..60_000], found[..60_000]);
        Assert.Equal(Draw(WeightDistribution.He)[60_000..], found[60_000..]);
        Assert.Equal(Draw(WeightDistribution.He), Draw(null));
    }

    [Fact]
    public void The_seed_decides_every_bit_and_layers_share_no_sequence()
    {
        var he = WeightDistribution.Normal;
        Assert.Equal(Draw(he, seed: 7), Draw(he, seed: 7));
        Assert.NotEqual(Draw(he, seed: 7), Draw(he, seed: 8));
        var slab = Draw(he, seed: 7);
        Assert.NotEqual(slab[..100], slab[60_000..60_100]);
    }

    [Fact]
    public void A_layer_keeps_its_weights_when_another_is_added_behind_it()
    {
        var longer = NetworkShape.Dense(300, [200, 7], 50, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        var slab = InitialWeights.Draw(longer, WeightDistribution.He, WeightDistribution.Constant(0), 1);
        Assert.Equal(Draw(WeightDistribution.He)[..60_000], slab[..60_000]);
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
    public void Other_names_are_no_distribution(string name) => Assert.Null(WeightDistributions.Parse(name));
}
