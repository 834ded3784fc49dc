namespace Gpu.Training.Loop;

/// <summary>Launches that learn from the next samples of the epoch: one step, or several steps of one sample each.</summary>
internal abstract class TrainingRun : IDisposable
{
    /// <summary>Launches on the device of a run that is not an epoch's last.</summary>
    internal abstract int LaunchCount { get; }

    /// <summary>Enqueues the launches.</summary>
    /// <param name="isLast">Whether they are the epoch's last, where the norm of the gradient is measured.</param>
    internal abstract void Run(bool isLast);

    /// <summary>Does the same as <see cref="Run"/> of a run that is not the last, and measures it; null where nobody asks, or one launch does all of it.</summary>
    internal virtual StepClock? Clock => null;

    /// <summary>Runs that one call takes where as many are to be done; 1 where it takes one.</summary>
    internal virtual int Repeats => 1;

    /// <summary>Enqueues <see cref="Repeats"/> runs, of which none is the epoch's last.</summary>
    internal virtual void RunRepeats() => Run(isLast: false);

    public abstract void Dispose();
}
