using System.Runtime.InteropServices;
using Gpu.Kernels.Devices.Gpu;
using ILGPU.Runtime.OpenCL;

namespace Gpu.Kernels.Devices.OpenCl;

/// <summary>A kernel of its own with its arguments set, and its groups.</summary>
internal sealed unsafe class OpenClLaunch : Launch
{
    private const int Dimensions = 3;

    private readonly OpenClAccelerator _accelerator;
    private readonly IGpuMemory[] _memory;
    private readonly nint _kernel;

    /// <summary>Work items in each dimension, then those of a group; outside the reach of the collector's moves.</summary>
    private readonly nint[] _sizes = GC.AllocateArray<nint>(2 * Dimensions, pinned: true);

    /// <summary>A launch that has nothing to do.</summary>
    internal OpenClLaunch(OpenClAccelerator accelerator, string name, IGpuMemory[] memory) : base(name) => (_accelerator, _memory) = (accelerator, memory);

    /// <summary>Binds a kernel, which belongs to this launch alone.</summary>
    internal OpenClLaunch(OpenClAccelerator accelerator, string name, IGpuMemory[] memory, nint kernel, LaunchShape shape, KernelArgument[] arguments)
        : this(accelerator, name, memory)
    {
        _kernel = kernel;
        var (groupX, groupY) = shape.IsGrouped ? (shape.GroupX, shape.GroupY) : OpenGroup(shape);
        ((ReadOnlySpan<nint>)[Items(shape.X, groupX), Items(shape.Y, groupY), 1, groupX, groupY, 1]).CopyTo(_sizes);
        SetArguments(shape, arguments);

        nint Items(int count, int group) => (nint)(shape.IsGrouped ? (long)count * group : ((long)count + group - 1) / group * group);
    }

    /// <inheritdoc/>
    public override int LaunchCount => _kernel == 0 ? 0 : 1;

    private static CLAPI Api => CLAPI.CurrentAPI;

    /// <inheritdoc/>
    public override void Run()
    {
        foreach (var memory in _memory)
        {
            _ = memory.Handle;
        }

        if (_kernel == 0)
        {
            return;
        }

        fixed (nint* sizes = _sizes)
        {
            var code = Api.LaunchKernelUnsafe(_accelerator.Queue, _kernel, Dimensions, null, sizes, sizes + Dimensions);
            if (code != CLError.CL_SUCCESS)
            {
                _accelerator.Check(code, "clEnqueueNDRangeKernel", $"{Name}, {_sizes[0]:N0} x {_sizes[1]:N0} work items in groups of {_sizes[3]} x {_sizes[4]}");
            }
        }
    }

    /// <summary>The groups of a kernel that leaves them open.</summary>
    private (int X, int Y) OpenGroup(LaunchShape shape)
    {
        var traits = _accelerator.Traits;
        return GroupChoice.For(shape.X, shape.Y, traits.ComputeUnits, Math.Min(traits.LargestGroup, 256));
    }

    /// <summary>
    /// Arguments as ILGPU's OpenCL C takes them: first the memory of every view, then, an index's extent foremost, each argument, of which a view
    /// is its first element and its length.
    /// </summary>
    private void SetArguments(LaunchShape shape, KernelArgument[] arguments)
    {
        var index = 0;
        foreach (var memory in _memory)
        {
            Set(index++, memory.Handle);
        }

        if (!shape.IsGrouped)
        {
            if (shape.Dimensions == 1)
            {
                Set(index++, shape.X);
            }
            else
            {
                Set(index++, new Extent(shape.X, shape.Y));
            }
        }

        foreach (var argument in arguments)
        {
            switch (argument.Value)
            {
                case IDeviceView view:
                    Set(index++, new View(view.Offset, view.Length));
                    break;
                case int number:
                    Set(index++, number);
                    break;
                case uint number:
                    Set(index++, number);
                    break;
                case float number:
                    Set(index++, number);
                    break;
                case var other:
                    throw new ArgumentException($"{Name}: a {other?.GetType().Name} was given, kernels are given int, uint and float.", nameof(arguments));
            }
        }
    }

    private void Set<T>(int index, T value) where T : unmanaged =>
        _accelerator.Check(Api.SetKernelArgumentUnsafe(_kernel, index, sizeof(T), &value), "clSetKernelArg", $"argument {index} of {Name}");

    /// <summary>A view within its memory: <c>int</c> and <c>long</c> as OpenCL C lays them out.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct View(int Offset, long Length);

    /// <summary>The extent of an index in two dimensions.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Extent(int X, int Y);
}
