using ILGPU.Runtime.Cuda;

namespace Gpu.Kernels.Accelerators.Ilgpu;

/// <summary>A device of the ILGPU packages. A run of a launch allocates what ILGPU allocates for one.</summary>
public sealed class IlgpuAccelerator : ComputeAccelerator
{
    private readonly Context _context;
    private readonly IlgpuKernels _kernels;
    private readonly List<IIlgpuMemory> _memory = [];
    private bool _isOpen = true;

    /// <summary>Opens a device.</summary>
    /// <param name="kind">The backend.</param>
    /// <param name="found">What the device is.</param>
    /// <param name="context">A context for this accelerator alone, which it disposes of: a kernel that fails to compile spoils it.</param>
    /// <param name="device">A device of that context.</param>
    internal IlgpuAccelerator(AcceleratorKind kind, FoundDevice found, Context context, Device device)
    {
        (Kind, Id, Name, _context) = (kind, found.Id, found.Name, context);
        try
        {
            Device = device.CreateAccelerator(context);
        }
        catch (AcceleratorException exception)
        {
            throw IlgpuError.Failure("Opening the device", Description, exception);
        }

        _kernels = new IlgpuKernels(Device, view => Require(view).Bind(view.Offset, view.Length));
        Traits = new DeviceTraits(found.Class == DeviceClass.Gpu, Device.NumMultiprocessors, Device.MaxNumThreadsPerGroup,
            Math.Min(Device.MaxSharedMemoryPerGroup, 48 * 1024), GroupLanes: found.Class == DeviceClass.Cpu ? 1 : Math.Max(Device.WarpSize, 1),
            found.Vendor);
    }

    /// <inheritdoc/>
    public override string Id { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override AcceleratorKind Kind { get; }

    /// <inheritdoc/>
    public override DeviceTraits Traits { get; }

    /// <inheritdoc/>
    public override DeviceMemory Memory
    {
        get
        {
            // ILGPU's processor claims the whole address space.
            var total = Math.Min(Device.MemorySize, Traits.IsGpu ? long.MaxValue : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
            return new DeviceMemory(total, Device is CudaAccelerator cuda ? cuda.GetFreeMemory() : null, total, AllocatedBytes);
        }
    }

    /// <summary>ILGPU's accelerator.</summary>
    internal Accelerator Device { get; }

    /// <inheritdoc/>
    public override DeviceBuffer<T> Allocate<T>(int length)
    {
        ObjectDisposedException.ThrowIf(!_isOpen, this);
        return new IlgpuBuffer<T>(this, length);
    }

    /// <inheritdoc/>
    public override Launch Prepare(Delegate kernel, LaunchShape shape, params KernelArgument[] arguments)
    {
        ObjectDisposedException.ThrowIf(!_isOpen, this);
        return _kernels.Prepare(Description, kernel, shape, arguments);
    }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        try
        {
            Device.DefaultStream.Synchronize();
        }
        catch (AcceleratorException exception)
        {
            throw IlgpuError.Failure("Waiting for the launches", Description, exception);
        }
    }

    /// <inheritdoc/>
    public override double Measure(Launch launch, int repeats)
    {
        ArgumentNullException.ThrowIfNull(launch);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        if (!_context.Properties.EnableProfiling)
        {
            throw new InvalidOperationException($"{Description} was not opened to be timed.");
        }

        using var start = Device.DefaultStream.AddProfilingMarker();
        for (var i = 0; i < repeats; i++)
        {
            launch.Run();
        }

        using var end = Device.DefaultStream.AddProfilingMarker();
        Synchronize();
        return (end - start).TotalSeconds;
    }

    /// <summary>Gives everything back: buffers that are still open, the accelerator with its kernels, the context.</summary>
    public override void Dispose()
    {
        if (!_isOpen)
        {
            return;
        }

        _isOpen = false;
        ReleaseKept();
        foreach (var memory in _memory.ToArray())
        {
            memory.Dispose();
        }

        Device.Dispose();
        _context.Dispose();
    }

    internal void Add(IIlgpuMemory memory, long bytes)
    {
        _memory.Add(memory);
        Count(bytes);
    }

    internal void Remove(IIlgpuMemory memory, long bytes)
    {
        _memory.Remove(memory);
        Count(-bytes);
    }

    private IIlgpuMemory Require(IDeviceView view) => view.BufferObject is IIlgpuMemory memory && memory.Owner == this
        ? memory
        : throw new ArgumentException($"A view of another accelerator's memory was given to {Description}: copy it over first.",
            nameof(view));
}
