using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Devices.Cuda;

/// <summary>A kernel with its arguments in a block that the driver reads at every launch, and its groups.</summary>
internal sealed unsafe class CudaLaunch : CudaWork
{
    private readonly ICudaMemory[] _memory;
    private readonly nint _function;
    private readonly CudaGrid _grid;

    /// <summary>Pointers to the arguments, then the arguments; outside the reach of the collector's moves.</summary>
    private readonly long[] _block;

    /// <summary>Binds a kernel.</summary>
    /// <param name="queue">Where it is enqueued.</param>
    /// <param name="name">Class and method.</param>
    /// <param name="function">The kernel; 0 where there is nothing to do.</param>
    /// <param name="grid">Its groups.</param>
    /// <param name="arguments">What it takes, its index's extent first.</param>
    internal CudaLaunch(CudaQueue queue, string name, nint function, CudaGrid grid, CudaArguments arguments) : base(queue, name)
    {
        (_function, _grid, _memory) = (function, grid, [.. arguments.Memory]);
        _block = arguments.ToBlock();
    }

    /// <inheritdoc/>
    public override int LaunchCount => _function == 0 ? 0 : 1;

    internal override IEnumerable<ICudaMemory> Memory => _memory;

    /// <inheritdoc/>
    public override void Run()
    {
        Queue.Calls.Bind();
        Enqueue();
    }

    internal override void Enqueue()
    {
        foreach (var memory in _memory)
        {
            _ = memory.Address;
        }

        if (_function == 0)
        {
            return;
        }

        var code = Queue.Calls.Launch(_function, _grid, (nint)Unsafe.AsPointer(ref _block[0]));
        if (code != 0)
        {
            Queue.Check(code, "cuLaunchKernel", $"{Name}, {_grid}");
        }
    }
}

/// <summary>Arguments as ILGPU's PTX takes them: a view is an address and a 64-bit length, an index puts its extent first.</summary>
internal sealed unsafe class CudaArguments
{
    /// <summary>Each argument as one or two slots of eight bytes, of which the kernel reads as many bytes as it has declared.</summary>
    private readonly List<long[]> _values = [];

    private readonly List<ICudaMemory> _memory = [];

    /// <summary>The memory that the views lie in.</summary>
    internal IReadOnlyList<ICudaMemory> Memory => _memory;

    /// <summary>The extent of an index, for kernels that have one.</summary>
    internal void AddExtent(LaunchShape shape)
    {
        if (!shape.IsGrouped)
        {
            _values.Add([(uint)shape.X | ((long)(shape.Dimensions > 1 ? shape.Y : 0) << 32)]);
        }
    }

    /// <summary>A view.</summary>
    internal void AddView(ICudaMemory memory, long offset, long length)
    {
        _memory.Add(memory);
        _values.Add([memory.Address + (nint)offset, length]);
    }

    /// <summary>A number, in the low bytes of its slot, where a little-endian device reads it.</summary>
    internal void AddValue(object value, string kernel) => _values.Add([value switch
    {
        int number => number,
        uint number => number,
        float number => BitConverter.SingleToUInt32Bits(number),
        _ => throw new ArgumentException($"{kernel}: a {value.GetType().Name} was given, kernels are given int, uint and float."),
    }]);

    /// <summary>A pinned block: a pointer for each argument, then the arguments.</summary>
    internal long[] ToBlock()
    {
        var block = GC.AllocateUninitializedArray<long>(Math.Max(_values.Count + _values.Sum(v => v.Length), 1), pinned: true);
        var next = _values.Count;
        for (var i = 0; i < _values.Count; i++)
        {
            block[i] = (nint)Unsafe.AsPointer(ref block[next]);
            _values[i].CopyTo(block, next);
            next += _values[i].Length;
        }

        return block;
    }
}
