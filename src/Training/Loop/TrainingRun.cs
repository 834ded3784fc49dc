namespace Gpu.Training.Loop;

/// <summary>Launches that learn from the next samples of the epoch: one step, or several steps of one sample each.</summary>
internal abstract class TrainingRun : IDisposable
{
    /// <summary>Launches on the device of a run that is not an epoch's last.</summary>
    internal abstract int LaunchCount { get; }

    /// <summary>Enqueues the launches.</summary>
    /// <param name="isLast">Whether they are the epoch's last, where the norm of the gradient is measured.</param>
    internal abstract void Run(bool isLast);

    public abstract void Dispose();
}
