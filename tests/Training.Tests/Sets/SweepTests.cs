using Gpu.Training.Recipes;
using Gpu.Training.Sets;

namespace Gpu.Training.Tests.Sets;

/// <summary>Which combinations a sweep tries.</summary>
public sealed class SweepTests
{
    [Fact]
    public void Every_combination_is_tried_once_the_last_setting_changing_fastest()
    {
        var (set, remark) = Sweep.Of(Asked(("lr", "0.01,0.1"), ("hidden", "30,none,64x32"), ("epochs", "3"), ("layers", "none"), ("optimizer", "adam:beta1=0.8,beta2=0.9")), null);
        Assert.Null(remark);
        Assert.Equal(["trial-1", "trial-2", "trial-3", "trial-4", "trial-5", "trial-6"], set.Members.Select(member => member.Name));
        Assert.Equal(["30 0.01", "30 0.1", "none 0.01", "none 0.1", "64,32 0.01", "64,32 0.1"], set.Members.Select(Texts));
        var recipe = set.SettingsOf(set.Members[5]).ToRecipe();
        Assert.Equal([64, 32], recipe.Hidden);
        Assert.Equal(("0.15", 3, "adam:beta1=0.8,beta2=0.9"), (recipe.Validation!.ToString(), recipe.Epochs, recipe.Optimizer.ToString()));
        Assert.Equal("0.3", Sweep.Of(Asked(("lr", "0.01,0.1"), ("validation", "0.3")), null).Set.Given.TextOf("validation"));
    }

    [Fact]
    public void Fewer_trials_are_drawn_by_the_seed_without_repeats()
    {
        string[] Tried(int trials, string seed) => [.. Sweep.Of(Asked(("lr", "0.1,0.2,0.3,0.4"), ("batch-size", "8,16,32,64,128"), ("seed", seed)), trials).Set.Members.Select(Texts)];
        var all = Tried(20, "1");
        var some = Tried(6, "1");
        Assert.Equal((20, 6), (all.Distinct().Count(), some.Distinct().Count()));
        Assert.Equal(all.Intersect(some), some);
        Assert.Equal(some, Tried(6, "1"));
        Assert.NotEqual(some, Tried(6, "2"));
        Assert.Equal(all, Tried(1000, "3"));
    }

    [Fact]
    public void Combinations_that_do_not_go_together_are_left_out_and_that_is_said()
    {
        var (set, remark) = Sweep.Of(Asked(("optimizer", "sgd,adam"), ("momentum", "0,0.9")), null);
        Assert.Equal(["sgd 0", "sgd 0.9", "adam 0"], set.Members.Select(Texts));
        Assert.Equal("1 of 4 combinations are left out, because their settings do not go together: momentum is 0.9, but adam has none: leave it out, or take sgd or rmsprop.", remark);
    }

    [Theory]
    [InlineData("lr", "0.1", "expected a setting with several values, such as --lr 0.01,0.1, found none")]
    [InlineData("lr", "0.1,fast", "--lr must be a number above 0")]
    [InlineData("lr", "0.1,0.1", "expected values that differ, found one twice")]
    [InlineData("seed", "1,2", "expected one value, because all runs of a sweep are judged by the same samples")]
    [InlineData("validation", "0.1,0.2", "expected one value, because all runs of a sweep are judged by the same samples")]
    [InlineData("hidden", "64x,32", "--hidden must be")]
    public void What_cannot_be_tried_is_wrong_usage(string key, string text, string expected)
    {
        var error = Assert.Throws<TrainingException>(() => Sweep.Of(Asked((key, text)), null));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_needs_samples_that_choose_and_few_combinations()
    {
        Assert.Contains("--validation none", Assert.Throws<TrainingException>(() => Sweep.Of(Asked(("lr", "1,2"), ("validation", "none")), null)).Message, StringComparison.Ordinal);
        var many = string.Join(',', Enumerable.Range(1, 400));
        Assert.Contains("at most 100,000 combinations, found 160,000", Assert.Throws<TrainingException>(() => Sweep.Of(Asked(("epochs", many), ("batch-size", many)), 5)).Message, StringComparison.Ordinal);
        Assert.Contains("at most 10,000 runs, found 16,000", Assert.Throws<TrainingException>(
            () => Sweep.Of(Asked(("epochs", many), ("batch-size", string.Join(',', Enumerable.Range(1, 40)))), null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_is_found_by_validation_alone()
    {
        MemberResult One(double accuracy, double logLoss, double test) => new(MemberState.Finished)
        {
            Judged = [new PartMeasures("validation", 9, true, [("accuracy", accuracy), ("log_loss", logLoss)]), new PartMeasures("test", 9, false, [("accuracy", test)])],
        };
        var set = Sweep.Of(Asked(("lr", "1,2,3,4,5")), null).Set;
        var results = new SetResults(set, [One(0.5, 1, 1), One(0.9, 0.7, 0), new MemberResult(MemberState.Failed), One(0.9, 0.6, 0.1), new MemberResult(MemberState.Stopped)]);
        Assert.Equal(("validation", 3), (results.Part, results.Ranking.Count));
        Assert.Equal([3, 1, 0], results.Ranking);
    }

    private static string Texts(SetMember member) => string.Join(' ', member.Settings.Select(setting => setting.Text));

    private static RecipeSettings Asked(params (string Key, string Text)[] settings)
    {
        var asked = new RecipeSettings();
        foreach (var (key, text) in settings)
        {
            asked.Set(key, text, $"--{key}");
        }

        return asked;
    }
}
