using Gpu.Training;
using Gpu.Training.Checkpoints;

namespace Gpu.Host.Runs;

/// <summary>
/// Brings the checkpoints of a run to the disk beside what trains: one at a time, each behind the rows of metrics that belong to it, so
/// that the order on the disk is that of the run.
/// </summary>
internal sealed class CheckpointWriter(CheckpointFolder folder, MetricsCsv metrics) : IDisposable
{
    private readonly CancellationTokenSource _failed = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Set as soon as a checkpoint cannot be written: nothing need be trained any more, and <see cref="Wait"/> says why.</summary>
    internal CancellationToken Failed => _failed.Token;

    /// <summary>Begins to write a checkpoint; its numbers must not change before <see cref="Wait"/> returns.</summary>
    /// <exception cref="TrainingException">The one before it could not be written.</exception>
    internal void Begin(Checkpoint checkpoint, bool isBest)
    {
        Wait();
        _work = Task.Run(() => Write(checkpoint, isBest));
    }

    /// <summary>Waits until all that was begun is on the disk.</summary>
    /// <exception cref="TrainingException">It cannot be written; the checkpoint before it is whole.</exception>
    internal void Wait() => _work.GetAwaiter().GetResult();

    /// <summary>Waits without a word: whoever wants to know whether it is written has waited.</summary>
    public void Dispose()
    {
        Task.WhenAny(_work).Wait();
        _failed.Dispose();
    }

    private void Write(Checkpoint checkpoint, bool isBest)
    {
        try
        {
            metrics.Flush();
            folder.Save(checkpoint, isBest);
        }
        catch
        {
            _failed.Cancel();
            throw;
        }
    }
}
