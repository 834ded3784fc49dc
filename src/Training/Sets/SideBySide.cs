using System.Runtime.ExceptionServices;

namespace Gpu.Training.Sets;

/// <summary>Does pieces of work side by side, each on one thread from its beginning to its end.</summary>
public static class SideBySide
{
    /// <summary>Does every piece, in their order, so many at a time. The first that throws ends the others' turn: none begins after it, and when those under way have ended, it is thrown.</summary>
    /// <param name="count">How many pieces there are.</param>
    /// <param name="workers">How many are done at a time, at least one.</param>
    /// <param name="work">Does the piece of a number, counted from 0.</param>
    /// <param name="stop">Lets no more begin.</param>
    public static void Run(int count, int workers, Action<int> work, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentNullException.ThrowIfNull(work);
        var next = -1;
        ExceptionDispatchInfo? failure = null;
        void Work()
        {
            while (!stop.IsCancellationRequested && Volatile.Read(ref failure) is null && Interlocked.Increment(ref next) is var piece && piece < count)
            {
                try
                {
                    work(piece);
                }
#pragma warning disable CA1031 // whatever a piece throws is thrown again on the calling thread
                catch (Exception cause)
#pragma warning restore CA1031
                {
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(cause), null);
                }
            }
        }

        Thread[] others = [.. Enumerable.Range(1, Math.Max(0, Math.Min(workers, count) - 1)).Select(_ => new Thread(Work) { IsBackground = true, Name = "gpu set of runs" })];
        Array.ForEach(others, thread => thread.Start());
        Work();
        Array.ForEach(others, thread => thread.Join());
        failure?.Throw();
    }
}
