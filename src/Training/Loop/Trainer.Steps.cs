namespace Gpu.Training.Loop;

/// <summary>How the steps of an epoch are enqueued.</summary>
public sealed partial class Trainer
{
    /// <summary>Steps of an epoch that are measured.</summary>
    private const int TimedSteps = 32;

    /// <summary>
    /// What a step takes in the mean, part by part, of those that were measured last: some in the middle of an epoch. One part that is all of it, by the time
    /// of the last pass, where one launch does so, or an epoch has too few steps; nothing before the first, or where nobody asks.
    /// </summary>
    public IReadOnlyList<StepTime> StepTimes => !_options.TimesSteps || !(_stepSeconds > 0) ? []
        : _fullRun?.Clock is { Steps: > 0 } clock ? clock.Read()
        : [new StepTime(StepWork.All, 1, _shape.Layers.Count, _stepSeconds)];

    /// <summary>Runs launches up to a step, or until cancelled; returns the step that comes next.</summary>
    private int Run(int step, int until, Action<int>? progress, CancellationToken cancellation)
    {
        var between = Math.Max(1, _plan.Runs / 200);
        Pace.Begin();
        while (step < until && !cancellation.IsCancellationRequested)
        {
            var run = step / _stepsPerRun;
            _feed.Provide(run);
            var runs = Enqueue(run, until);
            Pace.Enqueued(runs);
            step = Math.Min(step + (runs * _stepsPerRun), StepsPerEpoch);
            if (progress is not null && (run + runs) / between > run / between)
            {
                progress(SamplesBefore(step));
            }
        }

        return step;
    }

    /// <summary>
    /// Enqueues a run, or several in one call where the device takes them so, their samples are there, none is the epoch's last or beyond
    /// a step, and the queue stays short; returns how many.
    /// </summary>
    private int Enqueue(int run, int until)
    {
        var next = (run < _plan.FullRuns ? _fullRun : _lastRun)!;
        var room = Math.Min(Math.Min(_plan.FullRuns, _plan.Runs - 1), until / _stepsPerRun) - run;
        if (next.Repeats > 1 && next.Repeats <= Math.Min(room, _feed.RunsFrom(run)) && Pace.Allows(next.Repeats))
        {
            next.RunRepeats();
            return next.Repeats;
        }

        if (TimedBy(run) is { } clock)
        {
            clock.Run();
        }
        else
        {
            next.Run(isLast: run == _plan.Runs - 1);
        }

        return 1;
    }

    /// <summary>What measures a run: one of full size in the middle of an epoch.</summary>
    private StepClock? TimedBy(int run)
    {
        var first = _plan.FullRuns / 2;
        if (_fullRun?.Clock is not { } clock || run < first || run >= Math.Min(Math.Min(first + TimedSteps, _plan.FullRuns), _plan.Runs - 1))
        {
            return null;
        }

        // On the processor later epochs are the truer ones, when the runtime has compiled what is hot; elsewhere measuring means waiting.
        if (run == first && _accelerator.IsHost)
        {
            clock.Reset();
        }

        return clock.Steps < TimedSteps ? clock : null;
    }

    private int SamplesBefore(int step) => (int)Math.Min((long)step * _options.BatchSize, _plan.Samples);

    private void RequireStop(int step, string name)
    {
        if (step < 0 || step > StepsPerEpoch || (step % _stepsPerRun != 0 && step != StepsPerEpoch))
        {
            throw new ArgumentException(
                $"An epoch of {StepsPerEpoch} steps can end and go on at multiples of {_stepsPerRun}, not at step {step}.", name);
        }
    }
}
