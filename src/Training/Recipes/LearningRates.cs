using Gpu.Training.Random;

namespace Gpu.Training.Recipes;

/// <summary>The learning rate of each step: a function of the recipe and the step alone, so that nothing is replayed on resume.</summary>
public static class LearningRates
{
    /// <summary>The rates of one epoch.</summary>
    /// <param name="recipe">The range or the schedule, the seed, and how many epochs there are.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="rates">A rate for each step of the epoch; every epoch has as many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is not one of the recipe's.</exception>
    public static void Fill(Recipe recipe, int epoch, Span<float> rates)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(epoch, recipe.Epochs);
        var steps = rates.Length;
        for (var step = 0; step < steps; step++)
        {
            rates[step] = recipe.LearningRate.IsDrawn
                ? Draw(recipe.LearningRate, recipe.Seed, epoch, step)
                : At(recipe, ((long)epoch * steps) + step, (long)recipe.Epochs * steps);
        }
    }

    /// <summary>A rate from [Low, High], its place in the sequence being the step of the epoch.</summary>
    private static float Draw(RateRange range, ulong seed, int epoch, int step)
    {
        var share = new RandomStream(seed, RandomPurpose.LearningRate, epoch, step).NextDouble();
        return (float)(range.Low + (((double)range.High - range.Low) * share));
    }

    /// <summary>The first step has the rate <c>lr</c>, the last one <c>lr-final</c>.</summary>
    private static float At(Recipe recipe, long step, long steps)
    {
        var (first, last) = ((double)recipe.LearningRate.Low, (double)recipe.FinalLearningRate);
        var way = steps > 1 ? (double)step / (steps - 1) : 0;
        return (float)(recipe.Schedule switch
        {
            RateSchedule.Linear => first + ((last - first) * way),
            RateSchedule.Cosine => last + ((first - last) * 0.5 * (1 + Math.Cos(Math.PI * way))),
            _ => first,
        });
    }
}
