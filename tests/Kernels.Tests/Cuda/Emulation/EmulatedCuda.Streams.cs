using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gpu.Kernels.Tests.Cuda.Emulation;

/// <summary>Streams and events. What is enqueued is done when somebody waits for it.</summary>
internal sealed unsafe partial class EmulatedCuda
{
    private const uint WithoutTime = 2;

    private readonly Queue<Func<int>> _pending = new();

    [UnmanagedCallersOnly]
    private static int StreamCreate(nint* stream, uint flags) => Run("cuStreamCreate", d =>
    {
        *stream = d.Add(new Stream());
        return flags == 1 ? Success : d.Violation("a stream that waits for the default stream", Success);
    });

    [UnmanagedCallersOnly]
    private static int StreamDestroy(nint stream) => Run("cuStreamDestroy_v2", d => d.Destroy<Stream>(stream, "cuStreamDestroy"));

    [UnmanagedCallersOnly]
    private static int StreamSynchronize(nint stream) => Run("cuStreamSynchronize", d =>
        d.Get<Stream>(stream) is null ? InvalidHandle : d.Drain());

    [UnmanagedCallersOnly]
    private static int EventCreate(nint* mark, uint flags) => Run("cuEventCreate", d =>
    {
        *mark = d.Add(new Event { HasTime = (flags & WithoutTime) == 0 });
        return Success;
    });

    [UnmanagedCallersOnly]
    private static int EventDestroy(nint mark) => Run("cuEventDestroy_v2", d => d.Destroy<Event>(mark, "cuEventDestroy"));

    [UnmanagedCallersOnly]
    private static int EventRecord(nint mark, nint stream) => Counted(Mark, EventRecordCore(mark, stream));

    private static int EventRecordCore(nint mark, nint stream) => Run("cuEventRecord", d =>
    {
        if (d.Get<Event>(mark) is not { } found)
        {
            return InvalidHandle;
        }

        found.Waiting++;
        return d.Enqueue(stream, () =>
        {
            found.Waiting--;
            found.Time = Stopwatch.GetTimestamp();
            return Success;
        });
    });

    [UnmanagedCallersOnly]
    private static int EventSynchronize(nint mark) => Counted(Mark, EventSynchronizeCore(mark));

    private static int EventSynchronizeCore(nint mark) => Run("cuEventSynchronize", d =>
        d.Get<Event>(mark) is { } found ? d.Drain(() => found.Waiting > 0) : InvalidHandle);

    [UnmanagedCallersOnly]
    private static int EventElapsedTime(float* milliseconds, nint start, nint end) => Run("cuEventElapsedTime", d =>
    {
        if (d.Get<Event>(start) is not { HasTime: true, Waiting: 0 } from || d.Get<Event>(end) is not { HasTime: true, Waiting: 0 } to)
        {
            return InvalidHandle;
        }

        *milliseconds = (float)Stopwatch.GetElapsedTime(from.Time, to.Time).TotalMilliseconds;
        return Success;
    });

    private int Enqueue(nint stream, Func<int> work)
    {
        if (Get<Stream>(stream) is null)
        {
            return InvalidHandle;
        }

        _pending.Enqueue(work);
        return Success;
    }

    /// <summary>Does what is enqueued, all of it or while a condition holds; after a failure every later call fails.</summary>
    private int Drain(Func<bool>? condition = null)
    {
        while (_sticky == 0 && _pending.Count > 0 && (condition is null || condition()))
        {
            _sticky = _pending.Dequeue()();
        }

        return _sticky;
    }

    private sealed class Stream;

    private sealed class Event
    {
        internal bool HasTime { get; init; }

        internal int Waiting { get; set; }

        internal long Time { get; set; }
    }
}
