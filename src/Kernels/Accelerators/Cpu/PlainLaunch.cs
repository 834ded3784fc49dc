using System.Linq.Expressions;

namespace Gpu.Kernels.Accelerators.Cpu;

/// <summary>A kernel that the CPU runs as it is written: every index or lane is a call of its method.</summary>
internal abstract class PlainLaunch : Launch
{
    /// <summary>The most lanes a group has, as far as kernels are chosen by that.</summary>
    internal const int LargestGroup = 64;

    private readonly ICpuMemory[] _memory;

    private protected PlainLaunch(PlainBinding binding) : base(binding.Name) => _memory = binding.Memory;

    /// <inheritdoc/>
    public sealed override void Run()
    {
        foreach (var memory in _memory)
        {
            memory.RequireAlive();
        }

        RunKernel();
    }

    internal static Launch Create(CpuAccelerator cpu, Delegate kernel, LaunchShape shape, KernelArgument[] arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(arguments);
        var binding = new PlainBinding(cpu, kernel, arguments);
        if (shape.X < 0 || shape.Y < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(shape), shape, $"{binding.Name}: a launch cannot be smaller than 0.");
        }

        if (shape.IsGrouped)
        {
            return CreateGrouped(cpu, binding, shape);
        }

        var expected = shape.Dimensions == 1 ? typeof(Index1D) : typeof(Index2D);
        return binding.IndexType == expected
            ? new PlainIndexLaunch(binding, shape, cpu.Options.GroupWidth)
            : throw new ArgumentException(
                $"{binding.Name} must take {expected.Name} first to be launched over {shape.Dimensions} dimensions, " +
                $"it takes {binding.IndexType?.Name ?? "no index"}.", nameof(kernel));
    }

    /// <summary>Runs the kernel for all indices or groups.</summary>
    private protected abstract void RunKernel();

    /// <summary>What a kernel has thrown, with the kernel's name and the place.</summary>
    private protected DeviceException Failure(string place, Exception exception) =>
        new($"{Name} failed at {place}: {exception.Message}", exception);

    private static PlainGroupLaunch CreateGrouped(CpuAccelerator cpu, PlainBinding binding, LaunchShape shape)
    {
        if (binding.IndexType is { } index)
        {
            throw new ArgumentException($"{binding.Name} takes {index.Name} first, so it cannot be launched in groups of a stated size.");
        }

        if (shape.GroupY < 1 || (long)shape.GroupX * shape.GroupY > cpu.Options.LargestGroup)
        {
            throw new ArgumentOutOfRangeException(nameof(shape), shape,
                $"{binding.Name}: the CPU's plain path runs groups of 1 to {cpu.Options.LargestGroup} lanes, not {shape.GroupX} x {shape.GroupY}.");
        }

        return new PlainGroupLaunch(cpu, binding, shape);
    }
}

/// <summary>
/// A kernel over indices. The indices are cut into groups; within a group the last comes first, so that a kernel whose
/// result depends on the order of its indices gives another result with another group width.
/// </summary>
internal sealed class PlainIndexLaunch : PlainLaunch
{
    private readonly Action<IndexLane, int, int> _runGroup;
    private readonly IndexLane _lane = new();
    private readonly LaunchShape _shape;
    private readonly int _groupWidth;

    internal PlainIndexLaunch(PlainBinding binding, LaunchShape shape, int groupWidth) : base(binding)
    {
        _shape = shape;
        _groupWidth = groupWidth;
        _runGroup = Compile(binding);
    }

    private protected override void RunKernel()
    {
        Lane.Enter(_lane);
        try
        {
            for (_lane.Y = 0; _lane.Y < _shape.Y; _lane.Y++)
            {
                for (var first = 0; first < _shape.X; first += Math.Min(_groupWidth, _shape.X - first))
                {
                    _runGroup(_lane, first, first + Math.Min(_groupWidth, _shape.X - first) - 1);
                }
            }
        }
        catch (Exception exception)
        {
            throw Failure(_shape.Dimensions == 1 ? $"index {_lane.X}" : $"index ({_lane.X}, {_lane.Y})", exception);
        }
        finally
        {
            Lane.Enter(null);
        }
    }

    /// <summary>for (x = last; x >= first; x--) { lane.Begin(x); kernel(index, arguments); }</summary>
    private static Action<IndexLane, int, int> Compile(PlainBinding binding)
    {
        var lane = Expression.Parameter(typeof(IndexLane), "lane");
        var first = Expression.Parameter(typeof(int), "first");
        var last = Expression.Parameter(typeof(int), "last");
        var end = Expression.Label();
        Expression index = binding.IndexType == typeof(Index1D)
            ? Expression.New(typeof(Index1D).GetConstructor([typeof(int)])!, last)
            : Expression.New(typeof(Index2D).GetConstructor([typeof(int), typeof(int)])!, last, Expression.Property(lane, nameof(IndexLane.Y)));
        var body = binding.WithArguments(Expression.Loop(
            Expression.IfThenElse(
                Expression.GreaterThanOrEqual(last, first),
                Expression.Block(
                    Expression.Call(lane, nameof(IndexLane.Begin), null, last),
                    binding.Call(index),
                    Expression.PreDecrementAssign(last)),
                Expression.Break(end)),
            end));
        return Expression.Lambda<Action<IndexLane, int, int>>(body, binding.Name, [lane, first, last]).Compile();
    }

    private sealed class IndexLane : Lane
    {
        public int X { get; private set; }

        public int Y { get; set; }

        public void Begin(int x)
        {
            X = x;
            ResetLocal();
        }
    }
}

/// <summary>A kernel in groups of a stated size, one group after the other.</summary>
internal sealed class PlainGroupLaunch : PlainLaunch
{
    private readonly LaneGroup _group;

    internal PlainGroupLaunch(CpuAccelerator cpu, PlainBinding binding, LaunchShape shape) : base(binding)
    {
        var kernel = Expression.Lambda<Action>(binding.WithArguments(binding.Call(null)), binding.Name, null).Compile();
        _group = new LaneGroup(kernel, cpu.Plain.Lanes, new Index3D(shape.X, shape.Y, 1), new Index3D(shape.GroupX, shape.GroupY, 1));
    }

    private protected override void RunKernel()
    {
        for (var y = 0; y < _group.GridDimension.Y; y++)
        {
            for (var x = 0; x < _group.GridDimension.X; x++)
            {
                if (_group.Run(new Index3D(x, y, 0)) is { } failure)
                {
                    throw Failure($"group ({x}, {y}), lane {_group.Failed?.LaneIndex.XY}", failure);
                }
            }
        }
    }
}
