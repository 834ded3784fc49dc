using Gpu.Training.Recipes;
using Gpu.Training.Sets;

namespace Gpu.Training.Tests.Sets;

/// <summary>Which runs a set is made of, and what is kept of them.</summary>
public sealed class RunSetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folds_and_seeds_are_crossed_and_all_seeds_have_the_same_folds()
    {
        var set = RunSet.Repeated(Given(("seed", "7"), ("lr", "0.1")), 2, 3);
        Assert.Equal(["fold-1-seed-7", "fold-1-seed-8", "fold-1-seed-9", "fold-2-seed-7", "fold-2-seed-8", "fold-2-seed-9"], set.Members.Select(member => member.Name));
        var recipe = set.SettingsOf(set.Members[4]).ToRecipe();
        Assert.Equal(("fold:2/2:7", 8UL, 0.1f), (recipe.Test!.ToString(), recipe.Seed, recipe.LearningRate.Low));
        Assert.Equal(["fold-01", "fold-02"], RunSet.Repeated(Given(), 12, 0).Members.Take(2).Select(member => member.Name));
        Assert.False(RunSet.Repeated(Given(), 12, 0).SettingsOf(RunSet.Repeated(Given(), 12, 0).Members[0]).Contains("seed"));
        Assert.Equal(["seed-42", "seed-43"], RunSet.Repeated(Given(), 0, 2).Members.Select(member => member.Name));
    }

    [Theory]
    [InlineData("test", "0.2", 5, 0, "--folds 5 holds out each part of the training data in turn to judge by, and --test says otherwise")]
    [InlineData("test-data", "x.csv", 5, 0, "and --test-data says otherwise")]
    [InlineData("seed", "18446744073709551615", 0, 2, "expected a --seed that so many more can be counted from")]
    [InlineData("seed", "1", 200, 200, "expected a set of at most 10,000 runs, found 40,000")]
    public void What_cannot_be_is_wrong_usage(string key, string text, int folds, int seeds, string expected)
    {
        var error = Assert.Throws<TrainingException>(() => RunSet.Repeated(Given((key, text)), folds, seeds));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_and_its_results_come_back_from_their_files()
    {
        var set = RunSet.Repeated(Given(("data", "a b.csv\nc.csv"), ("hidden", "none"), ("column", "x:number,y:category")), 3, 0);
        var (path, results) = (_folder.File("set.json"), _folder.File("results.json"));
        new SetFile(set, "../..").Save(path);
        var file = SetFile.Load(path);
        Assert.Equal("../..", file.BeganIn);
        Assert.Equal(set.Members.Select(Text), file.Set.Members.Select(Text));
        Assert.Equal(RecipeFile.Format(set.Given.ToRecipe()), RecipeFile.Format(file.Set.Given.ToRecipe()));

        MemberResult One(double accuracy) => new(MemberState.Finished)
        {
            Epochs = 3,
            TrainSeconds = 1.5,
            Judged = [new PartMeasures("validation", 9, true, [("accuracy", 1)]), new PartMeasures("test", 10, false, [("accuracy", accuracy), ("auc", double.NaN)])],
        };
        new SetResults(set, [One(0.5), new MemberResult(MemberState.Failed) { Error = "It diverged." }, One(0.9)]).Save(results);
        var back = SetResults.Load(results, set);
        Assert.Equal((2, 0.7), (back.Of("accuracy").Count, back.Of("accuracy").Mean));
        Assert.Equal(Math.Sqrt(0.08), back.Of("accuracy").Deviation, 1e-15);
        Assert.Equal(("test", "It diverged.", 10), (back.Part, back.Results[1].Error, back.Results[2].Judge!.Samples));
        Assert.Equal(0, back.Of("auc").Count);
        File.WriteAllText(results, "{\"runs\":[{\"run\":\"fold-1\"}]}");
        Assert.All(SetResults.Load(results, set).Results, result => Assert.Equal(MemberState.Waiting, result.State));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"kind":"folds","began-in":".","given":{},"runs":[{"run":"../x","settings":{}}]}""")]
    [InlineData("""{"kind":"folds","began-in":".","given":{"lr":1},"runs":[]}""")]
    [InlineData("""{"kind":"other","began-in":".","given":{},"runs":[]}""")]
    public void A_damaged_set_is_named(string text)
    {
        File.WriteAllText(_folder.File("set.json"), text);
        var error = Assert.Throws<TrainingException>(() => SetFile.Load(_folder.File("set.json")));
        Assert.Equal(Failure.ModelFile, error.Failure);
        Assert.Contains("set.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deviations_are_those_of_a_sample()
    {
        Assert.Equal(new Spread(4, 2.5, Math.Sqrt(5.0 / 3)), Spread.Of([1, 2, 3, 4]));
        Assert.Equal(new Spread(1, 3, double.NaN), Spread.Of([3]));
        Assert.Equal(new Spread(0, double.NaN, double.NaN), Spread.Of([]));
    }

    [Fact]
    public void Pieces_go_side_by_side_each_once_and_the_first_failure_lets_no_more_begin()
    {
        var (begun, atOnce, most) = (new bool[50], 0, 0);
        SideBySide.Run(50, 4, piece =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref atOnce));
            Thread.Sleep(1);
            Assert.False(begun[piece]);
            begun[piece] = true;
            Interlocked.Decrement(ref atOnce);
        }, CancellationToken.None);
        Assert.All(begun, Assert.True);
        Assert.InRange(most, 2, 4);

        var done = 0;
        var error = Assert.Throws<InvalidOperationException>(() => SideBySide.Run(1000, 2, piece =>
        {
            Interlocked.Increment(ref done);
            Thread.Sleep(1);
            _ = piece == 3 ? throw new InvalidOperationException("the third") : piece;
        }, CancellationToken.None));
        Assert.Equal("the third", error.Message);
        Assert.InRange(done, 4, 20);
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        SideBySide.Run(5, 2, _ => Assert.Fail("nothing may begin"), stopped.Token);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen && Interlocked.CompareExchange(ref most, value, seen) is var now && now != seen; seen = now)
        {
        }
    }

    private static string Text(SetMember member) => $"{member.Name}: {string.Join(';', member.Settings)}";

    private static RecipeSettings Given(params (string Key, string Text)[] settings)
    {
        var given = new RecipeSettings();
        foreach (var (key, text) in settings)
        {
            given.Set(key, text, $"--{key}");
        }

        return given;
    }
}
