namespace Gpu.Training.Loop;

/// <summary>Launches that learn from the next samples of the epoch: one step, or several steps of one sample each.</summary>
internal abstract class TrainingRun : IDisposable
{
    /// <summary>Enqueues the launches.</summary>
    internal abstract void Run();

    public abstract void Dispose();
}
