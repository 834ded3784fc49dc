using System.Diagnostics;
using System.Numerics;
using System.Runtime.ExceptionServices;
using System.Runtime.Intrinsics.X86;

namespace Gpu.Kernels.Devices.Cpu;

/// <summary>
/// Threads that stay hot between launches. A launch is published as a generation and what of it is claimed in one word; whoever
/// is free claims parts from it, the calling thread included and its own parts first, so a worker that the system has taken away delays at
/// most the part it holds and never the launch as a whole. Where that happens, because other programs want the cores or
/// there are fewer cores than threads, the calling thread works alone for a while: who runs a part never changes a bit.
/// </summary>
public sealed class WorkerTeam : IDisposable
{
    /// <summary>Below this cost a launch stays on the calling thread: handing it over costs about a microsecond.</summary>
    public const long SmallestSharedCost = 60_000;

    /// <summary>The most parts of a launch that have an owner: a bit of the ticket each. The bits above them count the other parts.</summary>
    private const int MostOwned = 8;

    /// <summary>All parts that a launch can have are claimed: between two launches nothing can be.</summary>
    private const int Closed = int.MaxValue;

    /// <summary>
    /// Whether a waiting thread pauses. Not in a virtual machine: its host takes a loop of pauses for a wait that had better end in another
    /// thread, and lets the core go for microseconds (PAUSE-loop exiting, Intel's manual, volume 3).
    /// </summary>
    private static readonly bool _pauses = !X86Base.IsSupported || X86Base.CpuId(1, 0).Ecx >= 0;

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
            var index = i + 1;
            _workers[i] = new Thread(() => Work(index)) { IsBackground = true, Name = $"gpu cpu worker {i + 1}" };
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

    /// <summary>Runs all parts of a launch one after the other, here and now.</summary>
    internal static void RunAlone(CpuLaunch launch)
    {
        for (var part = 0; part < launch.Parts; part++)
        {
            launch.RunPart(part);
        }
    }

    private static void Pause()
    {
        if (!_pauses)
        {
            return;
        }

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
        while (TryRunPart(0))
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
            // Whoever wakes up may not be the owner of a part: then all must.
            _wake.Release(launch.Owned > 0 ? parked : Math.Min(parked, launch.Parts - 1));
        }
    }

    /// <summary>
    /// Claims a part of the current launch and runs it. The claim succeeds only while the ticket is the one that was
    /// read; a launch is replaced only while the ticket is closed, so the launch read in between is the ticket's own.
    /// </summary>
    private bool TryRunPart(int thread)
    {
        var ticket = Volatile.Read(ref _ticket);
        var launch = Volatile.Read(ref _launch);
        while (launch is not null && Choose(launch, (int)ticket, thread) is var (part, claim) && part >= 0)
        {
            var seen = Interlocked.CompareExchange(ref _ticket, ticket + claim, ticket);
            if (seen == ticket)
            {
                RunPart(launch, part);
                return true;
            }

            ticket = seen;
            launch = Volatile.Read(ref _launch);
        }

        return false;
    }

    /// <summary>
    /// The part that a thread takes next, and what its claim adds to the ticket; -1 where there is none: its own, then what has no owner; what is
    /// then left of other threads' parts is for the calling thread, which has worked long enough to see that they are not coming.
    /// </summary>
    private (int Part, int Claim) Choose(CpuLaunch launch, int claimed, int thread)
    {
        var owned = Math.Min(launch.Owned, MostOwned);
        for (var part = thread; part < owned; part += Threads)
        {
            if ((claimed >> part & 1) == 0)
            {
                return (part, 1 << part);
            }
        }

        var next = owned + (claimed >> MostOwned);
        if (next < launch.Parts)
        {
            return (next, 1 << MostOwned);
        }

        var left = ~claimed & ((1 << owned) - 1);
        return thread == 0 && left != 0 ? (BitOperations.TrailingZeroCount(left), left & -left) : (-1, 0);
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

    private void Work(int thread)
    {
        var idleSince = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _stopping) == 0)
        {
            var before = Volatile.Read(ref _ticket);
            if (TryRunPart(thread))
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
