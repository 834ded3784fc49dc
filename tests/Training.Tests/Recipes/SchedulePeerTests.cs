using System.Text.Json;
using Gpu.Training.Recipes;
using Gpu.Training.Schedules;

namespace Gpu.Training.Tests.Recipes;

/// <summary>
/// The rates of every schedule against those that PyTorch 1.13 gave, which <c>tests/Benchmarks/torch_schedules.py</c> wrote into
/// <c>torch-schedules.json</c>.
/// </summary>
public class SchedulePeerTests
{
    public static TheoryData<string> Examples => [.. RateSchedules.Examples];

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_run_has_the_rates_of_the_peer(string example)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Recipes", "torch-schedules.json")));
        var rows = file.RootElement.EnumerateArray()
            .Where(row => RateSchedules.Parse(row.GetProperty("schedule").GetString()!)!.GetType() == RateSchedules.Parse(example)!.GetType()).ToList();
        Assert.NotEmpty(rows);
        foreach (var row in rows)
        {
            var recipe = Recipe.Default with
            {
                LearningRate = new RateRange(row.GetProperty("rate").GetSingle()),
                FinalLearningRate = row.GetProperty("final").GetSingle(),
                Schedule = RateSchedules.Parse(row.GetProperty("schedule").GetString()!)!,
                Epochs = row.GetProperty("epochs").GetInt32(),
            };
            recipe.Validate();
            var steps = row.GetProperty("steps").GetInt32();
            var losses = row.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble()).ToArray();
            var found = Rates(recipe, steps, losses);
            var expected = row.GetProperty("rates").EnumerateArray().Select(rate => rate.GetDouble()).ToArray();
            Assert.Equal(expected.Length, found.Count);

            // The peer goes from rate to rate in float64, with some roundings a step; the result here is rounded to float32 once.
            Assert.All(expected.Zip(found), pair => Assert.True(
                Math.Abs(pair.First - pair.Second) <= Math.ScaleB(Math.Abs(pair.First), -23), $"{example}: {pair.Second} instead of {pair.First}"));
        }
    }

    [Fact]
    public void A_warm_up_rises_in_equal_steps_to_where_the_schedule_begins()
    {
        var recipe = Recipe.Default with { LearningRate = new RateRange(0.5f), Epochs = 2 };
        Assert.True(WarmUp.TryParse("3steps", out var steps));
        Assert.True(WarmUp.TryParse("1", out var epoch));
        Assert.Equal([0.125f, 0.25f, 0.375f, 0.5f, 0.5f], Rates(recipe with { WarmUp = steps.Value }, 0, 5));
        var cosine = recipe with { WarmUp = epoch.Value, Schedule = RateSchedule.Cosine, Epochs = 3 };
        Assert.Equal([0.125f, 0.25f, 0.375f], Rates(cosine, 0, 3));
        Assert.Equal(Rates(cosine with { WarmUp = default, Epochs = 2 }, 0, 3), Rates(cosine, 1, 3));
        Assert.Equal(0f, Rates(cosine, 2, 3)[^1]);
    }

    [Theory]
    [InlineData("exponential")]
    [InlineData("exponential:0")]
    [InlineData("exponential:1.5")]
    [InlineData("exponential:NaN")]
    [InlineData("step:10")]
    [InlineData("step:0,0.1")]
    [InlineData("step:1.5,0.1")]
    [InlineData("cosine:3")]
    [InlineData("one-cycle:0.1")]
    [InlineData("plateau")]
    [InlineData("plateau:1.5,0.1")]
    [InlineData("plateau:3,1")]
    [InlineData("plateau:-1,0.1")]
    public void What_is_no_schedule_is_refused(string text) => Assert.Null(RateSchedules.Parse(text));

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_schedule_is_read_back_as_what_it_was_written_from(string example) =>
        Assert.Equal(example, RateSchedules.Parse(example)!.ToString());

    /// <summary>The rates of a run whose epochs have these losses.</summary>
    private static List<float> Rates(Recipe recipe, int steps, double[] losses)
    {
        var (rates, found, state) = (new float[steps], new List<float>(), default(ScheduleState));
        for (var epoch = 0; epoch < recipe.Epochs; epoch++)
        {
            LearningRates.Fill(recipe, epoch, rates, state);
            found.AddRange(rates);
            state = recipe.Schedule.Next(state, losses[epoch]);
        }

        return found;
    }

    private static float[] Rates(Recipe recipe, int epoch, int steps)
    {
        var rates = new float[steps];
        LearningRates.Fill(recipe, epoch, rates);
        return rates;
    }
}
