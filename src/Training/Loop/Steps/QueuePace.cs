using System.Diagnostics;
using Gpu.Kernels.Devices;

namespace Gpu.Training.Loop;

/// <summary>
/// Keeps the queue of a device short. A launch only enqueues, and a device may be minutes behind the host: a wish to stop would
/// have to wait for all of it. So the host waits for the device about ten times a second, and at most for
/// the runs of two such intervals. The processor has no queue.
/// </summary>
internal sealed class QueuePace(ComputeAccelerator accelerator)
{
    private readonly bool _hasQueue = !accelerator.IsHost;
    private long _since = Stopwatch.GetTimestamp();
    private int _most = 1;
    private int _queued;

    /// <summary>The time after which the host waits for the device.</summary>
    internal TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(0.1);

    /// <summary>Begins anew: the device has nothing to do.</summary>
    internal void Begin() => (_queued, _since) = (0, Stopwatch.GetTimestamp());

    /// <summary>Whether so many runs may be enqueued by one call: they are known to take no longer than the interval.</summary>
    internal bool Allows(int runs) => runs <= _most;

    /// <summary>Counts runs of launches that were enqueued, and waits for the device where there are many.</summary>
    internal void Enqueued(int runs = 1)
    {
        _queued += runs;
        if (!_hasQueue || _queued < _most)
        {
            return;
        }

        accelerator.Synchronize();
        var isLong = Stopwatch.GetElapsedTime(_since) > Interval;
        _most = isLong ? Math.Max(1, _most / 2) : Math.Min(2 * _most, 1 << 20);
        Begin();
    }
}
