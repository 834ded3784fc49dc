namespace Gpu.Kernels.Accelerators.Cpu;

/// <summary>
/// The lanes of one group of an explicitly grouped kernel. One lane runs at a time: a lane keeps the turn until it waits
/// in a barrier or ends, then the next has it, upwards and downwards in turn from barrier to barrier. So a launch is
/// deterministic to the last atomic, a barrier that is missing shows as a wrong result in every run, and lanes that
/// wait for one that has ended are an error instead of a hang. Only lanes that wait occupy a thread.
/// </summary>
internal sealed class LaneGroup
{
    /// <summary>Bytes of shared memory a group may allocate: what every CUDA device grants without asking.</summary>
    internal const int SharedBytes = 48 * 1024;

    private readonly Action _kernel;
    private readonly LaneThreads _threads;
    private readonly PlainLane[] _lanes;
    private readonly List<SharedBlock> _blocks = [];
    private byte[]? _shared;
    private int _sharedUsed;
    private int _position;
    private bool _downwards;
    private int _finished;
    private PlainLane? _failed;
    private Exception? _failure;

    internal LaneGroup(Action kernel, LaneThreads threads, Index3D grid, Index3D group)
    {
        _kernel = kernel;
        _threads = threads;
        GridDimension = grid;
        GroupDimension = group;
        _lanes = new PlainLane[group.Size];
        for (var i = 0; i < _lanes.Length; i++)
        {
            _lanes[i] = new PlainLane(this, new Index3D(i % group.X, i / group.X % group.Y, i / (group.X * group.Y)));
        }
    }

    internal Index3D GridDimension { get; }

    internal Index3D GroupDimension { get; }

    internal Index3D GroupIndex { get; private set; }

    /// <summary>What lanes hand to each other in votes and broadcasts.</summary>
    internal byte[] Exchange { get; } = new byte[GroupLane.LargestBroadcast];

    /// <summary>The lane whose failure ended the group.</summary>
    internal PlainLane? Failed => _failed;

    /// <summary>Runs all lanes of one group on the calling thread and, where lanes wait, on others.</summary>
    /// <returns>What the first lane that failed has thrown, or null.</returns>
    internal Exception? Run(Index3D groupIndex)
    {
        GroupIndex = groupIndex;
        _blocks.Clear();
        _sharedUsed = 0;
        _position = 0;
        _downwards = false;
        _finished = 0;
        _failed = null;
        _failure = null;
        foreach (var lane in _lanes)
        {
            lane.Reset();
        }

        RunLanes(_threads.Caller);
        Lane.Enter(null);
        return _failure;
    }

    /// <summary>Runs a lane, then what else is to begin; called on a thread that has the turn.</summary>
    internal void RunFrom(PlainLane lane, LaneThread thread)
    {
        RunLane(lane, thread);
        RunLanes(thread);
    }

    /// <summary>Gives the turn away until all lanes are here.</summary>
    internal void Barrier(PlainLane lane)
    {
        var next = Next();
        if (next is not null && next != lane)
        {
            if (next.Thread is { } waiting)
            {
                waiting.Resume();
            }
            else
            {
                _threads.Take().Begin(this, next);
            }

            lane.Thread!.AwaitTurn();
        }

        if (_failure is not null)
        {
            throw new LaneEndedException();
        }
    }

    /// <summary>The block of shared memory that the lane's call number <paramref name="call"/> stands for.</summary>
    internal ArrayView<T> AllocateShared<T>(int call, int extent) where T : unmanaged
    {
        _shared ??= GC.AllocateUninitializedArray<byte>(SharedBytes, pinned: true);
        if (call == _blocks.Count)
        {
            _blocks.Add(new SharedBlock(typeof(T), extent, _sharedUsed));
            return Lane.Carve<T>(_shared, ref _sharedUsed, extent, "shared");
        }

        var block = _blocks[call];
        return block.ElementType == typeof(T) && block.Extent == extent
            ? Lane.View<T>(_shared, block.Offset, extent)
            : throw new InvalidOperationException(
                $"shared memory number {call + 1} is {extent} {typeof(T).Name} in this lane, {block.Extent} {block.ElementType.Name} in another");
    }

    /// <summary>Runs lanes that have not begun, until the group has ended or a waiting lane has the turn.</summary>
    private void RunLanes(LaneThread thread)
    {
        var isCaller = thread == _threads.Caller;
        var lane = Next();
        while (lane is { Thread: null })
        {
            RunLane(lane, thread);
            lane = Next();
        }

        if (!isCaller)
        {
            _threads.Rest(thread);
            (lane?.Thread ?? _threads.Caller).Resume();
        }
        else if (lane is not null)
        {
            lane.Thread!.Resume();
            thread.AwaitTurn();
        }
    }

    private void RunLane(PlainLane lane, LaneThread thread)
    {
        lane.Thread = thread;
        Lane.Enter(lane);
        try
        {
            _kernel();
        }
        catch (LaneEndedException)
        {
            // The failure of another lane is reported already.
        }
#pragma warning disable CA1031 // whatever a lane throws is reported on the calling thread
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(lane, exception);
        }

        lane.HasEnded = true;
        _finished++;
    }

    private void Fail(PlainLane lane, Exception exception)
    {
        if (_failure is null)
        {
            _failed = lane;
            _failure = exception;
        }
    }

    /// <summary>The lane that has the turn next, or null when all have ended.</summary>
    private PlainLane? Next()
    {
        while (true)
        {
            if (_position == _lanes.Length)
            {
                if (_finished == _lanes.Length)
                {
                    return null;
                }

                EndPhase();
            }

            var lane = _lanes[_downwards ? _lanes.Length - 1 - _position : _position];
            _position++;
            if (_failure is not null && lane is { Thread: null, HasEnded: false })
            {
                lane.HasEnded = true;
                _finished++;
            }

            if (!lane.HasEnded)
            {
                return lane;
            }
        }
    }

    /// <summary>All lanes have had their turn: those that have not ended wait in a barrier.</summary>
    private void EndPhase()
    {
        if (_finished > 0 && _failure is null)
        {
            var waiting = Array.Find(_lanes, lane => !lane.HasEnded)!;
            Fail(waiting, new InvalidOperationException(
                $"the lane waits in a barrier that {_finished} of the group's {_lanes.Length} lanes have left out: " +
                "every lane must come to every barrier"));
        }

        _position = 0;
        _downwards = !_downwards;
    }

    /// <summary>Ends a waiting lane after another one has failed.</summary>
    private sealed class LaneEndedException : Exception;

    private readonly record struct SharedBlock(Type ElementType, int Extent, int Offset);
}
