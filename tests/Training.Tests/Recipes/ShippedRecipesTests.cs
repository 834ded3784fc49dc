using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;
using Gpu.Training.Schedules;

namespace Gpu.Training.Tests.Recipes;

public class ShippedRecipesTests
{
    private static Recipe Load(string name) => RecipeFile.Load(ShippedRecipes.Path(name + ".json")).ToRecipe();

    [Theory]
    [InlineData("a", "784-10-10", 1, 1)]
    [InlineData("a-mended", "784-10-10", 1, 10)]
    [InlineData("b", "784-30-10", 50, 10)]
    [InlineData("b-mended", "784-30-10", 50, 10)]
    [InlineData("c", "784-128-10", 32, 50)]
    [InlineData("d", "784-128-64-10", 1, 10)]
    [InlineData("d-mended", "784-128-64-10", 32, 40)]
    public void Each_is_the_network_it_is_named_for(string name, string shape, int batch, int epochs)
    {
        var recipe = Load(name);
        Assert.Equal(shape, recipe.Shape(SampleSize.Of(784), 10).ToString());
        Assert.Equal((batch, epochs), (recipe.BatchSize, recipe.Epochs));
        Assert.NotNull(recipe.Note);
        Assert.Null(recipe.Data);
    }

    [Fact]
    public void None_is_untested() =>
        Assert.Equal(["a-mended.json", "a.json", "b-mended.json", "b.json", "c.json", "d-mended.json", "d.json"],
            Directory.GetFiles(ShippedRecipes.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void Network_A_draws_its_rate_and_skips_what_is_right()
    {
        var recipe = Load("a");
        Assert.Equal(new RateRange(0.5f, 1.1f), recipe.LearningRate);
        Assert.Equal((WeightDistribution.Constant(1), 2000, Loss.MeanSquaredError), (recipe.BiasInit, recipe.SkipCorrectAfter, recipe.Loss));
        Assert.Equal(WeightDistribution.Uniform(0.1f), recipe.Init);
        Assert.All(recipe.Shape(SampleSize.Of(784), 10).Layers, layer => Assert.Equal(Activation.Relu, layer.Activation));
    }

    [Fact]
    public void Networks_B_and_C_hold_out_the_end()
    {
        Assert.Equal(Split.Parse("last:10000"), Load("b").Validation);
        Assert.Equal((WeightDistribution.Normal, WeightDistribution.Xavier), (Load("b").Init, Load("b-mended").Init));
        Assert.Equal((42_000, 8_400), (Load("c").Limit, Load("c").Validation!.Count));
    }

    [Fact]
    public void Network_D_is_not_scaled_and_the_mended_one_is()
    {
        Assert.Equal((PixelScaling.None, PixelScaling.Unit), (Load("d").Scale, Load("d-mended").Scale));
        Assert.Equal((WeightDistribution.FanOut, Loss.MeanSquaredError), (Load("d").Init, Load("d").Loss));
        Assert.Equal((RateSchedule.Linear, 5f), (Load("d-mended").Schedule, Load("d-mended").LearningRate.Low));
    }
}
