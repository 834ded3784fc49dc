using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.Intrinsics.X86;

namespace Gpu.Kernels.Devices.Cpu;

/// <summary>
/// Threads that stay hot between launches. A launch is published as a generation and a next part in one word; whoever
/// is free claims parts from it, the calling thread included, so a worker that the system has taken away delays at
/// most the part it holds and never the launch as a whole. Where that happens, because other programs want the cores or
/// there are fewer cores than threads, the calling thread works alone for a while: who runs a part never changes a bit.
/// </summary>
public sealed class WorkerTeam : IDisposable
{
    /// <summary>Below this cost a launch stays on the calling thread: handing it over costs about a microsecond.</summary>
    public const long SmallestSharedCost = 60_000;

    /// <summary>A next part that no launch has: between two launches nothing can be claimed.</summary>
    private const int Closed = int.MaxValue;

    /// <summary>How long an idle worker spins before it parks.</summary>
    private static readonly long _spinTicks = Stopwatch.Frequency / 20_000;

    /// <summary>Waiting longer than this, and several times as long as one has worked, means that a worker was taken away.</summary>
    private static readonly long _stallTicks = Stopwatch.Frequency / 2_000;

    /// <summary>How long the caller works alone after a first stall, and at most, in ticks.</summary>
    private static readonly long _firstRetreat = Stopwatch.Frequency / 1_000;
    private static readonly long _longestRetreat = Stopwatch.Frequency / 8;

    private Thread[] _workers;
    private readonly SemaphoreSlim _wake = new(0);
    private CpuLaunch? _launch;
    private long _ticket = Closed;
    private int _done;
    private int _parked;
    private int _stopping;
    private long _retreat = _firstRetreat;
    private long _aloneUntil;
    private ExceptionDispatchInfo? _failure;

    /// <summary>A team of <paramref name="threads"/>, the calling one included.</summary>
    /// <exception cref="DeviceException">The system does not start so many.</exception>
    public WorkerTeam(int threads) : this(threads, thread => thread.Start())
    {
    }

    /// <summary>The same, with another way to start a thread.</summary>
    internal WorkerTeam(int threads, Action<Thread> start)
    {
        Threads = threads;
        _workers = new Thread[threads - 1];
        for (var i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"gpu cpu worker {i + 1}" };
            try
            {
                start(_workers[i]);
            }
            catch (Exception cause) when (cause is OutOfMemoryException or ThreadStartException)
            {
                Array.Resize(ref _workers, i);
                Dispose();
                throw new DeviceException(
                    $"The processor: expected {threads:N0} threads, the system gave {i + 1:N0}: a limit of threads or processes (ulimit -u, or pids.max of a "
                    + $"container) is reached, or there is no memory for their stacks; raise it, or use {i + 1:N0} with --threads.", cause);
            }
        }
    }

    /// <summary>Threads in the team, the calling one included.</summary>
    public int Threads { get; }

    /// <summary>Runs all parts of a launch and returns when they have ended.</summary>
    public void Run(CpuLaunch launch)
    {
        if (_workers.Length == 0 || launch.Parts == 1 || launch.Cost < SmallestSharedCost || launch.StaysAlone)
        {
            RunAlone(launch);
        }
        else if (_aloneUntil > 0 && Stopwatch.GetTimestamp() < _aloneUntil)
        {
            RunAlone(launch);
        }
        else
        {
            RunShared(launch);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0)
        {
            return;
        }

        _wake.Release(_workers.Length + 1);
        foreach (var worker in _workers)
        {
            worker.Join();
        }

        _wake.Dispose();
    }

    private static void RunAlone(CpuLaunch launch)
    {
        for (var part = 0; part < launch.Parts; part++)
        {
            launch.RunPart(part);
        }
    }

    private static void Pause()
    {
        if (X86Base.IsSupported)
        {
            X86Base.Pause();
        }
        else
        {
            Thread.SpinWait(1);
        }
    }

    private void RunShared(CpuLaunch launch)
    {
        var start = Stopwatch.GetTimestamp();
        Publish(launch);
        while (TryRunPart())
        {
        }

        var worked = Stopwatch.GetTimestamp();
        WaitForParts(launch.Parts, worked);
        Interlocked.Or(ref _ticket, Closed);
        _launch = null;
        NoteWait(worked - start, Stopwatch.GetTimestamp() - worked);
        if (_failure is { } failure)
        {
            _failure = null;
            failure.Throw();
        }
    }

    /// <summary>After a stall the caller works alone, the longer the sooner the next one comes.</summary>
    private void NoteWait(long worked, long waited)
    {
        if (waited < _stallTicks || waited < 8 * worked)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        _retreat = now - _aloneUntil < _longestRetreat ? Math.Min(2 * _retreat, _longestRetreat) : _firstRetreat;
        _aloneUntil = now + _retreat;
    }

    private void Publish(CpuLaunch launch)
    {
        _launch = launch;
        Volatile.Write(ref _done, 0);
        var generation = (_ticket >> 32) + 1;

        // A full fence: a worker that parks after this either sees the new ticket or is counted in _parked.
        Interlocked.Exchange(ref _ticket, generation << 32);
        var parked = Volatile.Read(ref _parked);
        if (parked > 0)
        {
            _wake.Release(Math.Min(parked, launch.Parts - 1));
        }
    }

    /// <summary>
    /// Claims a part of the current launch and runs it. The claim succeeds only while the ticket is the one that was
    /// read; a launch is replaced only while the ticket is closed, so the launch read in between is the ticket's own.
    /// </summary>
    private bool TryRunPart()
    {
        var ticket = Volatile.Read(ref _ticket);
        var launch = Volatile.Read(ref _launch);
        while (launch is not null && (int)ticket < launch.Parts)
        {
            var seen = Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket);
            if (seen == ticket)
            {
                RunPart(launch, (int)ticket);
                return true;
            }

            ticket = seen;
            launch = Volatile.Read(ref _launch);
        }

        return false;
    }

    private void RunPart(CpuLaunch launch, int part)
    {
        try
        {
            launch.RunPart(part);
        }
#pragma warning disable CA1031 // whatever a part throws is thrown again on the calling thread
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failure ??= ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            Interlocked.Increment(ref _done);
        }
    }

    private void WaitForParts(int parts, long start)
    {
        while (Volatile.Read(ref _done) < parts)
        {
            Pause();
            if (Stopwatch.GetTimestamp() - start > _spinTicks)
            {
                // The part's owner may be waiting for this very core.
                Thread.Yield();
            }
        }
    }

    private void Work()
    {
        var idleSince = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _stopping) == 0)
        {
            var before = Volatile.Read(ref _ticket);
            if (TryRunPart())
            {
                idleSince = Stopwatch.GetTimestamp();
                continue;
            }

            Pause();
            if (Stopwatch.GetTimestamp() - idleSince > _spinTicks)
            {
                Park(before);
                idleSince = Stopwatch.GetTimestamp();
            }
        }
    }

    private void Park(long ticket)
    {
        Interlocked.Increment(ref _parked);
        if (Volatile.Read(ref _ticket) >> 32 == ticket >> 32 && Volatile.Read(ref _stopping) == 0)
        {
            _wake.Wait();
        }

        Interlocked.Decrement(ref _parked);
    }
}
