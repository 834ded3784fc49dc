using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Training.Tests.Recipes;

public class RecipeTests
{
    private static RecipeSettings Settings(params (string Key, string Text)[] given)
    {
        var settings = new RecipeSettings();
        foreach (var (key, text) in given)
        {
            settings.Set(key, text, "--" + key);
        }

        return settings;
    }

    [Fact]
    public void Nothing_given_means_the_defaults()
    {
        var recipe = new RecipeSettings().ToRecipe();
        Assert.Equal(Recipe.Default with { Hidden = recipe.Hidden, Activations = recipe.Activations }, recipe);
        Assert.Equal("784-128-10", recipe.Shape(SampleSize.Of(784), 10).ToString());
        Assert.Equal((0.1f, 32, 10, 42UL, PixelScaling.Auto, "auto", 0),
            (recipe.LearningRate.Low, recipe.BatchSize, recipe.Epochs, recipe.Seed, recipe.Scale, recipe.Device, recipe.Threads));
        Assert.Null(recipe.Init);
    }

    [Fact]
    public void Settings_laid_over_others_hold()
    {
        var merged = Settings(("lr", "0.5"), ("epochs", "3")).Merge(Settings(("lr", "0.2"), ("seed", "1")));
        var recipe = merged.ToRecipe();
        Assert.Equal((0.2f, 3, 1UL), (recipe.LearningRate.High, recipe.Epochs, recipe.Seed));
        Assert.Equal(["epochs", "lr", "seed"], merged.Keys.Order());
    }

    [Theory]
    [InlineData("epochs", "0", "--epochs must be a whole number from 1 to 1,000,000, found \"0\".")]
    [InlineData("lr", "NaN", "--lr must be a number above 0 such as 0.1, or a range such as 0.5..1.1, found \"NaN\".")]
    [InlineData("activation", "sigmoyd", "did you mean sigmoid?")]
    [InlineData("threads", "-1", "--threads must be a whole number from 0 to 1,024")]
    [InlineData("bias-init", "NaN", "--bias-init must be a number, or a rule of init such as normal, found \"NaN\".")]
    [InlineData("init", "0.1", "--init must be auto, or one of he, he-uniform, xavier,")]
    [InlineData("hidden", "", "--hidden must be none, or sizes")]
    [InlineData("hidden", "10,,10", "--hidden must be none, or sizes")]
    [InlineData("loss", "a word that is like no loss at all", "found \"a word that is like no loss at all\".")]
    public void A_wrong_setting_is_named_as_it_was_given(string key, string text, string message)
    {
        var error = Assert.Throws<TrainingException>(() => Settings((key, text)).ToRecipe());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(Failure.Usage, error.Failure);
    }

    [Fact]
    public void An_unknown_setting_names_the_nearest()
    {
        var error = Assert.Throws<TrainingException>(() => Settings(("batchsize", "1")));
        Assert.Equal("--batchsize is no setting of a recipe; did you mean batch-size?", error.Message);
    }

    [Fact]
    public void A_recipe_made_in_code_is_checked_alike()
    {
        Recipe[] wrong =
        [
            Recipe.Default with { LearningRate = new RateRange(float.NaN) },
            Recipe.Default with { LearningRate = new RateRange(0.1f, float.PositiveInfinity) },
            Recipe.Default with { BatchSize = 0 },
            Recipe.Default with { Hidden = [0] },
            Recipe.Default with { Activations = [(Activation)99] },
            Recipe.Default with { Loss = Loss.CrossEntropy with { Head = LossHead.None } },
            Recipe.Default with { Loss = Loss.MeanSquaredError, LabelSmoothing = 0.1f },
            Recipe.Default with { Loss = Loss.BinaryCrossEntropy, ClassWeights = ClassWeights.Balanced },
            Recipe.Default with { LabelSmoothing = 1 },
            Recipe.Default with { Momentum = -0.1f },
            Recipe.Default with { Limit = 0 },
            Recipe.Default with { SkipCorrectAfter = -1 },
        ];
        Recipe.Default.Validate();
        Assert.All(wrong, recipe => Assert.Equal(Failure.Usage, Assert.Throws<TrainingException>(recipe.Validate).Failure));
    }

    [Fact]
    public void Softmax_before_softmax_is_nothing_before_it()
    {
        Assert.Equal(Activation.Identity, Settings(("output-activation", "softmax")).ToRecipe().OutputActivation);
        Assert.Equal(Activation.Relu, Settings(("output-activation", "relu")).ToRecipe().Shape(SampleSize.Of(3), 2).Layers[^1].Activation);
    }

    /// <summary>A whole recipe names the head of its own loss, which another loss need not take.</summary>
    [Fact]
    public void A_loss_laid_over_another_brings_its_own_head()
    {
        var below = Settings(("loss", "mse"), ("head", "none"));
        Assert.Equal("mse none", below.ToRecipe().Loss.ToString());
        Assert.Equal(Loss.BinaryCrossEntropy, below.Merge(Settings(("loss", "binary-cross-entropy"))).ToRecipe().Loss);
        Assert.Equal(Loss.MeanSquaredError, below.Merge(Settings(("head", "softmax"))).ToRecipe().Loss);
    }

    [Theory]
    [InlineData("lr", "lr", 0)]
    [InlineData("--epohcs", "epochs", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("Seed", "seed", 0)]
    public void The_distance_of_words_counts_changes_and_swaps(string from, string to, int distance) =>
        Assert.Equal(distance, Nearest.Distance(from, to));

    [Fact]
    public void A_hostile_word_costs_no_more_than_a_long_one() =>
        Assert.Null(Nearest.To(new string('b', 10_000_000), ["a", "b"]));

    [Theory]
    [InlineData("none")]
    [InlineData("0.15")]
    [InlineData("10000")]
    [InlineData("last:10000")]
    public void Validation_is_nothing_a_share_a_count_or_the_end(string text)
    {
        var recipe = Settings(("validation", text)).ToRecipe();
        Assert.Equal(text == "none" ? null : Split.Parse(text), recipe.Validation);
        Assert.Equal(text, RecipeKeys.Find("validation")!.Write(recipe));
    }
}
