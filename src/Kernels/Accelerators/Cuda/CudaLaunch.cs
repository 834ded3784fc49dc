using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>Work of a CUDA device that can become part of a graph.</summary>
internal abstract class CudaWork(CudaAccelerator owner, string name) : Launch(name)
{
    /// <summary>The accelerator whose stream it runs in.</summary>
    internal CudaAccelerator Owner => owner;

    /// <summary>The memory that it reads and writes.</summary>
    internal abstract IEnumerable<IDriverMemory> Memory { get; }

    /// <summary>Adds its kernels to a graph, after what the graph ends with.</summary>
    internal abstract void AddTo(CudaGraphBuilder graph);
}

/// <summary>A kernel with its arguments in a block that the driver reads at every launch, and its groups.</summary>
internal sealed unsafe class CudaLaunch : CudaWork
{
    private const int LargestGroupAttribute = 0;

    private readonly IDriverMemory[] _memory;

    /// <summary>Pointers to the arguments, then the arguments, eight bytes each; outside the reach of the collector's moves.</summary>
    private readonly long[] _block;
    private readonly CudaKernelNode _node;

    internal CudaLaunch(CudaAccelerator accelerator, KernelSource source, nint function, string name, LaunchShape shape,
        KernelArgument[] arguments)
        : base(accelerator, name)
    {
        _memory = [.. arguments.Select(a => a.Value).OfType<IDeviceView>().Select(v => accelerator.Require(v))];
        _block = Bind(accelerator, source, shape, arguments);
        var (groupX, groupY) = Groups(accelerator, function, shape);
        var isEmpty = shape.X == 0 || shape.Y == 0;
        var gridX = shape.IsGrouped ? shape.X : (int)(((long)shape.X + groupX - 1) / groupX);
        var gridY = shape.IsGrouped ? shape.Y : (int)(((long)shape.Y + groupY - 1) / groupY);
        if (gridY > GroupChoice.LongestY)
        {
            throw new DeviceException($"{name}: {gridX:N0} x {gridY:N0} groups were asked for, {accelerator.Description} launches at most {GroupChoice.LongestY:N0} in the second dimension.");
        }

        _node = new CudaKernelNode
        {
            Function = function,
            GridX = isEmpty ? 0 : (uint)gridX,
            GridY = isEmpty ? 0 : (uint)gridY,
            GridZ = 1,
            GroupX = (uint)groupX,
            GroupY = (uint)groupY,
            GroupZ = 1,
            Parameters = (void**)Unsafe.AsPointer(ref _block[0]),
        };
    }

    /// <inheritdoc/>
    public override int LaunchCount => _node.GridX == 0 ? 0 : 1;

    internal override IEnumerable<IDriverMemory> Memory => _memory;

    /// <inheritdoc/>
    public override void Run()
    {
        foreach (var memory in _memory)
        {
            _ = memory.Handle;
        }

        if (LaunchCount == 0)
        {
            return;
        }

        Owner.Enter();
        Owner.Check(
            Owner.Native.cuLaunchKernel(_node.Function, _node.GridX, _node.GridY, 1, _node.GroupX, _node.GroupY, 1, 0, Owner.Stream,
                _node.Parameters, null),
            "cuLaunchKernel", $"{Name}, {_node.GridX:N0} x {_node.GridY:N0} groups of {_node.GroupX} x {_node.GroupY} lanes on {Owner.Description}");
    }

    internal override void AddTo(CudaGraphBuilder graph)
    {
        if (LaunchCount > 0)
        {
            graph.Add(_node, Name);
        }
    }

    private (int X, int Y) Groups(CudaAccelerator accelerator, nint function, LaunchShape shape)
    {
        int largest;
        accelerator.Check(accelerator.Native.cuFuncGetAttribute(&largest, LargestGroupAttribute, function), "cuFuncGetAttribute", $"{Name}");
        if (!shape.IsGrouped)
        {
            return GroupChoice.For(Math.Max(shape.X, 1), Math.Max(shape.Y, 1), accelerator.Device.Multiprocessors, largest);
        }

        return (long)shape.GroupX * shape.GroupY <= largest ? (shape.GroupX, shape.GroupY) : throw new DeviceException(
            $"{Name}: groups of {shape.GroupX} x {shape.GroupY} lanes were asked for, {accelerator.Description} runs this kernel in groups of at most {largest}.");
    }

    /// <summary>A view is a pointer, its first element and its length; the extents of the index follow the arguments.</summary>
    private static long[] Bind(CudaAccelerator accelerator, KernelSource source, LaunchShape shape, KernelArgument[] arguments)
    {
        var values = new List<long>();
        foreach (var argument in arguments)
        {
            if (argument.Value is IDeviceView view)
            {
                values.AddRange([accelerator.Require(view).Handle, view.Offset, view.Length]);
            }
            else
            {
                values.Add(Bits(argument.Value, source.EntryName));
            }
        }

        if (source.Dimensions > 0)
        {
            values.AddRange(((ReadOnlySpan<long>)[shape.X, shape.Y])[..source.Dimensions]);
        }

        var block = GC.AllocateUninitializedArray<long>(Math.Max(2 * values.Count, 1), pinned: true);
        for (var i = 0; i < values.Count; i++)
        {
            block[i] = (nint)Unsafe.AsPointer(ref block[values.Count + i]);
            block[values.Count + i] = values[i];
        }

        return block;
    }

    /// <summary>A value in the low bytes of its slot, where a little-endian device reads it.</summary>
    private static long Bits(object value, string kernel) => value switch
    {
        int number => number,
        uint number => number,
        float number => BitConverter.SingleToUInt32Bits(number),
        _ => throw new ArgumentException($"{kernel}: a {value.GetType().Name} was given, CUDA kernels are given int, uint and float."),
    };
}
