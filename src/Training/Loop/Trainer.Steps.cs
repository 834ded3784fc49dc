namespace Gpu.Training.Loop;

/// <summary>How the steps of an epoch are enqueued.</summary>
public sealed partial class Trainer
{
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

        next.Run(isLast: run == _plan.Runs - 1);
        return 1;
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
