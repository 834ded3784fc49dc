using System.Runtime.InteropServices;

namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>A kernel with its arguments set, and the ranges it runs over.</summary>
internal sealed unsafe class OpenClLaunch : Launch
{
    private const uint KernelLargestGroup = 0x11B0;

    /// <summary>
    /// Lanes that a group of a processor gets where the kernel leaves it to the device: one size, because drivers compile a kernel
    /// anew for each.
    /// </summary>
    private const int ProcessorGroup = 64;

    private readonly OpenClAccelerator _accelerator;
    private readonly IDriverMemory[] _memory;
    private readonly nint _kernel;
    private readonly nuint _globalX, _globalY, _localX, _localY;

    internal OpenClLaunch(OpenClAccelerator accelerator, KernelSource source, nint kernel, string name, LaunchShape shape,
        KernelArgument[] arguments)
        : base(name)
    {
        _accelerator = accelerator;
        _kernel = kernel;
        _memory = [.. arguments.Select(a => a.Value).OfType<IDeviceView>().Select(v => accelerator.Require(v))];
        SetArguments(source, shape, arguments);
        var largest = LargestGroup();
        var (localX, localY) = source.IsGrouped ? (shape.GroupX, shape.GroupY)
            : accelerator.Traits.IsGpu ? GroupChoice.For(Math.Max(shape.X, 1), Math.Max(shape.Y, 1), accelerator.Traits.ComputeUnits, largest)
            : (Math.Min(ProcessorGroup, largest), 1);
        if ((long)localX * localY > largest)
        {
            throw new DeviceException($"{name}: groups of {localX} x {localY} lanes were asked for, {accelerator.Description} runs this kernel in groups of at most {largest}.");
        }

        (_localX, _localY) = ((nuint)localX, (nuint)localY);
        _globalX = source.IsGrouped ? (nuint)shape.X * _localX : ((nuint)shape.X + _localX - 1) / _localX * _localX;
        _globalY = source.IsGrouped ? (nuint)shape.Y * _localY : ((nuint)shape.Y + _localY - 1) / _localY * _localY;
    }

    /// <inheritdoc/>
    public override int LaunchCount => _globalX == 0 || _globalY == 0 ? 0 : 1;

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

        var global = stackalloc nuint[] { _globalX, _globalY };
        var local = stackalloc nuint[] { _localX, _localY };
        nint ended = 0;
        var code = _accelerator.Native.clEnqueueNDRangeKernel(_accelerator.Queue, _kernel, 2, null, global, local, 0, null,
            _accelerator.IsMeasuring ? &ended : null);
        if (code != 0)
        {
            throw _accelerator.Failure(code, "clEnqueueNDRangeKernel",
                $"{Name}, {_globalX} x {_globalY} lanes in groups of {_localX} x {_localY} on {_accelerator.Description}, {_accelerator.DescribeMemory()}");
        }

        if (ended != 0)
        {
            _accelerator.Note(ended);
        }
    }

    private void SetArguments(KernelSource source, LaunchShape shape, KernelArgument[] arguments)
    {
        uint index = 0;
        for (var i = 0; i < arguments.Length; i++)
        {
            var parameter = source.Parameters[i];
            if (arguments[i].Value is IDeviceView view)
            {
                var handle = _accelerator.Require(view).Handle;
                Set(index++, &handle, sizeof(nint), parameter.Name);
                SetInteger(index++, view.Offset, parameter.Name);
                SetInteger(index++, view.Length, parameter.Name);
            }
            else
            {
                SetScalar(index++, arguments[i].Value, parameter.Name);
            }
        }

        for (var dimension = 0; dimension < source.Dimensions; dimension++)
        {
            SetInteger(index++, dimension == 0 ? shape.X : shape.Y, "extent");
        }
    }

    private void SetScalar(uint index, object value, string name)
    {
        switch (value)
        {
            case int number:
                Set(index, &number, sizeof(int), name);
                break;
            case uint number:
                Set(index, &number, sizeof(uint), name);
                break;
            case float number:
                Set(index, &number, sizeof(float), name);
                break;
            default:
                throw new ArgumentException($"{Name}: {name} is a {value.GetType().Name}, OpenCL kernels are given int, uint and float.");
        }
    }

    private void SetInteger(uint index, int value, string name) => Set(index, &value, sizeof(int), name);

    private void Set(uint index, void* value, int size, string name) =>
        _accelerator.Check(_accelerator.Native.clSetKernelArg(_kernel, index, (nuint)size, value), "clSetKernelArg",
            $"{Name}, argument {index} ({name}), {size} bytes");

    private int LargestGroup()
    {
        nuint size = 0;
        _accelerator.Check(_accelerator.Native.clGetKernelWorkGroupInfo(_kernel, _accelerator.Device.Handle, KernelLargestGroup,
            (nuint)Marshal.SizeOf<nuint>(), &size, null),
            "clGetKernelWorkGroupInfo", $"{Name}");
        return (int)size;
    }
}
