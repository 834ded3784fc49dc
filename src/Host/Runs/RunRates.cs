using Gpu.Training.Recipes;
using Gpu.Training.Schedules;

namespace Gpu.Host.Runs;

/// <summary>
/// The learning rates of the epochs of a run. What a schedule carried into each epoch of this process is kept, so that an epoch which is done once more has the
/// rates that it had.
/// </summary>
internal sealed class RunRates(Recipe recipe)
{
    private readonly Dictionary<int, ScheduleState> _states = [];

    /// <summary>The rates of an epoch that begins.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="restores">How often the run went back; each time halves them.</param>
    /// <param name="state">What the schedule carries on.</param>
    /// <param name="rates">A rate for each step.</param>
    internal void Begin(int epoch, int restores, ScheduleState state, float[] rates)
    {
        _states[epoch] = state;
        Fill(epoch, restores, rates);
    }

    /// <summary>The rates of an epoch that has begun.</summary>
    internal void Fill(int epoch, int restores, float[] rates)
    {
        LearningRates.Fill(recipe, epoch, rates, _states[epoch]);
        for (var step = 0; step < rates.Length; step++)
        {
            rates[step] = MathF.ScaleB(rates[step], -restores);
        }
    }
}
