using Gpu.Kernels.Devices.Ilgpu;
using ILGPU;
using ILGPU.Runtime;

namespace Gpu.Kernels.Devices.Gpu;

/// <summary>
/// A device that ILGPU opened: its context, memory and stream are ILGPU's. The stream is one of its own, since CUDA records no graph from the
/// default one. Ours are the launches, which are bound once and run many times.
/// </summary>
public abstract class GpuAccelerator : ComputeAccelerator
{
    private readonly List<IDisposable> _memory = [];
    private readonly Context _context;
    private bool _isOpen = true;

    /// <summary>Opens a device.</summary>
    /// <param name="found">What the device is.</param>
    /// <param name="context">A context for this accelerator alone, which it disposes of.</param>
    /// <param name="device">A device of that context.</param>
    /// <exception cref="DeviceException">ILGPU cannot open it; the message says why.</exception>
    private protected GpuAccelerator(FoundDevice found, Context context, Device device)
    {
        (Id, Name, _context) = (found.Id, found.Name, context);
        Device = Checked("Opening the device", () => device.CreateAccelerator(context));
        Stream = Checked("Making a stream", Device.CreateStream);
    }

    /// <inheritdoc/>
    public override string Id { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>ILGPU's accelerator.</summary>
    internal Accelerator Device { get; }

    /// <summary>ILGPU's stream, in which everything is done in order.</summary>
    internal AcceleratorStream Stream { get; }

    /// <inheritdoc/>
    public override DeviceBuffer<T> Allocate<T>(int length)
    {
        RequireOpen();
        return new GpuBuffer<T>(this, length);
    }

    /// <inheritdoc/>
    public override HostBuffer<T> AllocateHost<T>(int length)
    {
        RequireOpen();
        return new GpuHostBuffer<T>(this, length);
    }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        RequireOpen();
        try
        {
            Stream.Synchronize();
        }
        catch (AcceleratorException exception)
        {
            throw IlgpuError.Failure("Waiting for the launches", Description, exception);
        }
    }

    /// <summary>
    /// Gives everything back: launches, buffers that are still open, the accelerator, the context. Where the device was lost ILGPU's releases
    /// fail; the error before told why.
    /// </summary>
    public override void Dispose()
    {
        if (!_isOpen)
        {
            return;
        }

        Released(Stream.Synchronize);
        ReleaseKept();
        ReleaseLaunches();
        foreach (var memory in _memory.ToArray())
        {
            memory.Dispose();
        }

        _isOpen = false;
        Released(Stream.Dispose);
        Released(Device.Dispose);
        Released(_context.Dispose);
    }

    /// <summary>Copies to the device, in order with the launches; the source must stay until a mark after it, or a synchronisation.</summary>
    /// <param name="target">Memory of the device.</param>
    /// <param name="offset">The first byte to write.</param>
    /// <param name="source">The address of host memory.</param>
    /// <param name="bytes">How many bytes.</param>
    internal abstract void Upload(MemoryBuffer target, long offset, nint source, long bytes);

    /// <summary>Copies from the device, in order with the launches; the destination is filled after a synchronisation.</summary>
    internal abstract void Download(MemoryBuffer source, long offset, nint destination, long bytes);

    /// <summary>A mark for the uploads of a host buffer.</summary>
    internal abstract UploadMark CreateMark();

    /// <summary>Gives back what launches hold.</summary>
    private protected abstract void ReleaseLaunches();

    /// <summary>Owns memory until it is given back, or the accelerator is closed.</summary>
    internal void Add(IDisposable memory, long bytes)
    {
        _memory.Add(memory);
        Count(bytes);
    }

    internal void Remove(IDisposable memory, long bytes)
    {
        _memory.Remove(memory);
        Count(-bytes);
    }

    /// <summary>The memory of a view, which must be this accelerator's.</summary>
    internal IGpuMemory Require(IDeviceView view) => view.BufferObject is IGpuMemory memory && memory.Owner == this
        ? memory
        : throw new ArgumentException($"A view of another accelerator's memory was given to {Description}: copy it over first.", nameof(view));

    /// <summary>Refuses memory that cannot be there. Drivers allocate when memory is first used, and some take the whole system down with them.</summary>
    internal void RequireMemory(long bytes)
    {
        var memory = Memory;
        if (bytes > memory.LargestAllocationBytes)
        {
            throw new OutOfDeviceMemoryException($"{Description} allocates at most {memory.LargestAllocationBytes:N0} bytes at once, {bytes:N0} were asked for: "
                + "use a smaller batch or network.");
        }

        if (bytes > memory.AvailableBytes)
        {
            throw new OutOfDeviceMemoryException($"{bytes:N0} bytes on {Description} were asked for, of its {memory.TotalBytes:N0} bytes "
                + $"{memory.AvailableBytes:N0} are free and {memory.AllocatedBytes:N0} in use by this program: use a smaller batch or network.");
        }
    }

    /// <summary>Throws where the accelerator was closed.</summary>
    private protected void RequireOpen() => ObjectDisposedException.ThrowIf(!_isOpen, this);

    /// <summary>What ILGPU is asked for, with its errors as ours.</summary>
    internal T Checked<T>(string what, Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (AcceleratorException exception)
        {
            throw IlgpuError.Failure(what, Description, exception);
        }
        catch (NotSupportedException exception)
        {
            throw new DeviceException($"{what} failed on {Description}: {IlgpuError.Innermost(exception)}.", exception);
        }
    }

    private static void Released(Action release)
    {
        try
        {
            release();
        }
        catch (AcceleratorException)
        {
            // The device was lost, and that was told when it happened.
        }
    }
}
