using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Loop;

/// <summary>
/// What follows once the gradients of a step are there: their norm where it decides on the step, the optimizer, a step taken back, the moving average,
/// the tally. Plain descent has changed each layer by itself, and leaves the last two.
/// </summary>
internal sealed class StepEnd : IDisposable
{
    private readonly StepContext _context;
    private readonly ScoreRoom _scores;
    private readonly DeviceBuffer<float>? _statisticsBefore;

    /// <summary>Room for what a step finds out.</summary>
    /// <param name="context">What all steps share.</param>
    /// <param name="samples">Samples of the step.</param>
    /// <param name="measures">Whether the gradient's norm is measured where the step is the epoch's last.</param>
    internal StepEnd(StepContext context, int samples, bool measures)
    {
        var statistics = context.Parameters.Statistics.Length;
        (_context, _scores) = (context, new ScoreRoom(context.Accelerator, samples));
        Measure = measures || context.Options.IsControlled ? new GradientMeasure(context, Scores.Losses) : null;
        _statisticsBefore = context.Options.SkipBadSteps && statistics > 0 ? context.Accelerator.Allocate<float>(statistics) : null;
    }

    /// <summary>The losses and answers of the step.</summary>
    internal SampleScores Scores => _scores.All;

    /// <summary>Measures the gradient's norm; null where nobody asks for it.</summary>
    internal GradientMeasure? Measure { get; }

    /// <summary>What comes before the step: what layers measure on their way is kept, where it may have to go back.</summary>
    internal IEnumerable<StepLaunch> Keep() => _statisticsBefore is { } before
        ? [new StepLaunch(Copy.Prepare(_context.Accelerator, _context.Parameters.Statistics, before), StepWork.Update)] : [];

    /// <summary>The launches.</summary>
    /// <param name="gradients">The gradients of the step; null where each layer was changed by itself.</param>
    /// <param name="descended">How many parameters, from the first, have been changed already.</param>
    internal IEnumerable<StepLaunch> Launches(DeviceParameters? gradients, int descended = 0) =>
    [
        .. StepLaunch.All([.. gradients is null ? [] : Descent(gradients, descended), .. _context.Settle()], StepWork.Update),
        new StepLaunch(
            Scores.PrepareTally(_context.Accelerator, _context.State, _context.Options.IsControlled ? _context.State.Control : null), StepWork.Tally),
    ];

    private IEnumerable<Launch> Descent(DeviceParameters gradients, int descended)
    {
        if (_context.Options.IsControlled)
        {
            foreach (var launch in Measure!.Of(gradients.Learned))
            {
                yield return launch;
            }
        }

        yield return _context.Descend(gradients, descended);
        if (_statisticsBefore is { } before)
        {
            yield return TakeBack.Prepare(_context.Accelerator, before, _context.State.Control, _context.Parameters.Statistics);
        }
    }

    public void Dispose()
    {
        _statisticsBefore?.Dispose();
        Measure?.Dispose();
        _scores.Dispose();
    }
}
