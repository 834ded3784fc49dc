namespace Gpu.Kernels.Accelerators.Cpu;

/// <summary>A thread that carries a lane while that lane waits in a barrier.</summary>
internal sealed class LaneThread : IDisposable
{
    private readonly object _gate = new();
    private bool _hasTurn;
    private readonly Thread? _thread;
    private LaneGroup? _group;
    private PlainLane? _lane;

    /// <summary>The calling thread of a launch.</summary>
    internal LaneThread()
    {
    }

    /// <summary>A thread of its own, that waits for <see cref="Begin"/>.</summary>
    internal LaneThread(string name)
    {
        _thread = new Thread(Work, 1 << 20) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_thread is not null)
        {
            _group = null;
            Resume();
            _thread.Join();
        }
    }

    /// <summary>Gives this resting thread the turn: it begins with <paramref name="lane"/>.</summary>
    internal void Begin(LaneGroup group, PlainLane lane)
    {
        _group = group;
        _lane = lane;
        Resume();
    }

    /// <summary>Gives this waiting thread the turn.</summary>
    internal void Resume()
    {
        lock (_gate)
        {
            _hasTurn = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for the turn.</summary>
    internal void AwaitTurn()
    {
        lock (_gate)
        {
            while (!_hasTurn)
            {
                Monitor.Wait(_gate);
            }

            _hasTurn = false;
        }
    }

    private void Work()
    {
        AwaitTurn();
        while (_group is { } group && _lane is { } lane)
        {
            group.RunFrom(lane, this);
            AwaitTurn();
        }
    }
}

/// <summary>The threads of an accelerator that carry waiting lanes; started when first needed, then kept.</summary>
internal sealed class LaneThreads : IDisposable
{
    private readonly Stack<LaneThread> _resting = new();
    private int _count;

    /// <summary>The thread that runs launches.</summary>
    internal LaneThread Caller { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_resting.TryPop(out var thread))
        {
            thread.Dispose();
        }

        Caller.Dispose();
    }

    /// <summary>A thread that rests, or a new one.</summary>
    internal LaneThread Take() => _resting.TryPop(out var thread) ? thread : new LaneThread($"gpu cpu lane {++_count}");

    /// <summary>Puts a thread to rest; it must give the turn away next.</summary>
    internal void Rest(LaneThread thread) => _resting.Push(thread);
}
