using Gpu.Training.Random;
using Gpu.Training.Schedules;

namespace Gpu.Training.Recipes;

/// <summary>The learning rate of each step: a function of the recipe, the step and what its schedule carries on, so that nothing is replayed on resume.</summary>
public static class LearningRates
{
    /// <summary>The rates of one epoch.</summary>
    /// <param name="recipe">The range or the schedule, the seed, and how many epochs there are.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="rates">A rate for each step of the epoch; every epoch has as many.</param>
    /// <param name="state">What the schedule carries on.</param>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is not one of the recipe's.</exception>
    public static void Fill(Recipe recipe, int epoch, Span<float> rates, ScheduleState state = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(epoch, recipe.Epochs);
        var steps = rates.Length;
        for (var step = 0; step < steps; step++)
        {
            rates[step] = recipe.LearningRate.IsDrawn
                ? Draw(recipe.LearningRate, recipe.Seed, epoch, step)
                : At(recipe, epoch, step, steps, state);
        }
    }

    /// <summary>A rate from [Low, High], its place in the sequence being the step of the epoch.</summary>
    private static float Draw(RateRange range, ulong seed, int epoch, int step)
    {
        var share = new RandomStream(seed, RandomPurpose.LearningRate, epoch, step).NextDouble();
        return (float)(range.Low + (((double)range.High - range.Low) * share));
    }

    /// <summary>The rate of a step by the schedule, behind the warm-up.</summary>
    private static float At(Recipe recipe, int epoch, int step, int stepsPerEpoch, ScheduleState state)
    {
        var (done, all, warm) = (((long)epoch * stepsPerEpoch) + step, (long)recipe.Epochs * stepsPerEpoch, recipe.WarmUp.Steps(stepsPerEpoch));
        var (first, last) = ((double)recipe.LearningRate.Low, (double)recipe.FinalLearningRate);
        var point = new SchedulePoint(Math.Max(done - warm, 0), Math.Max(all - warm, 1), epoch, first, last, state);
        var rate = recipe.Schedule.Rate(point);
        return (float)(done < warm ? rate * (done + 1) / (warm + 1) : rate);
    }
}
