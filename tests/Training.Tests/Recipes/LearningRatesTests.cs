using Gpu.Training.Recipes;
using Gpu.Training.Schedules;

namespace Gpu.Training.Tests.Recipes;

public class LearningRatesTests
{
    private static float[] Rates(Recipe recipe, int epoch, int steps)
    {
        var rates = new float[steps];
        LearningRates.Fill(recipe, epoch, rates);
        return rates;
    }

    [Fact]
    public void A_constant_rate_is_the_same_in_each_step() =>
        Assert.Equal([0.1f, 0.1f, 0.1f], Rates(Recipe.Default, 9, 3));

    [Fact]
    public void A_linear_rate_reaches_its_end_in_the_last_step()
    {
        var recipe = Recipe.Default with { LearningRate = new RateRange(5), Schedule = RateSchedule.Linear, FinalLearningRate = 1, Epochs = 2 };
        Assert.Equal([5f, 4.5f, 4f, 3.5f, 3f], Rates(recipe with { Epochs = 2, FinalLearningRate = 0.5f }, 0, 5));
        Assert.Equal([5f, 3f, 1f], Rates(recipe with { Epochs = 1 }, 0, 3));
        Assert.Equal(1f, Rates(recipe, 1, 4)[^1]);
        Assert.Equal([5f], Rates(recipe with { Epochs = 1 }, 0, 1));
    }

    [Fact]
    public void A_cosine_rate_is_half_way_in_the_middle()
    {
        var recipe = Recipe.Default with { LearningRate = new RateRange(3), Schedule = RateSchedule.Cosine, FinalLearningRate = 1, Epochs = 1 };
        var rates = Rates(recipe, 0, 5);
        Assert.Equal(3f, rates[0]);
        Assert.Equal(2f, rates[2], 1e-6f);
        Assert.Equal(1f, rates[4]);
        Assert.True(rates[1] > 2.5f && rates[3] < 1.5f);
    }

    [Fact]
    public void A_drawn_rate_fills_its_range_and_is_a_function_of_the_step()
    {
        var recipe = Recipe.Default with { LearningRate = new RateRange(0.5f, 1.1f) };
        var rates = Rates(recipe, 1, 10_000);
        Assert.All(rates, rate => Assert.InRange(rate, 0.5f, 1.1f));

        // The mean of n draws lies within 5 of its standard errors, width / sqrt(12 n).
        Assert.True(Math.Abs(rates.Average() - 0.8) <= 5 * 0.6 / Math.Sqrt(12 * 10_000.0), $"mean {rates.Average()}");
        Assert.True(rates.Min() < 0.51f && rates.Max() > 1.09f);
        Assert.Equal(rates[..100], Rates(recipe, 1, 100));
        Assert.NotEqual(rates[..100], Rates(recipe, 2, 100));
        Assert.NotEqual(rates[..100], Rates(recipe with { Seed = 1 }, 1, 100));
    }

    [Fact]
    public void An_epoch_that_is_none_of_the_recipes_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Rates(Recipe.Default, 10, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rates(Recipe.Default, -1, 1));
    }
}
