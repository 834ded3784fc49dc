namespace Gpu.Kernels.Accelerators;

/// <summary>Memory of a driver's device, whatever its elements.</summary>
internal interface IDriverMemory : IDisposable
{
    /// <summary>The accelerator that owns it.</summary>
    DriverAccelerator Owner { get; }

    /// <summary>How the driver names it: a memory object, or an address on the device.</summary>
    /// <exception cref="ObjectDisposedException">It was given back.</exception>
    nint Handle { get; }
}

/// <summary>Memory that a driver allocated on a device: what is asked of it is checked here, the driver is called by the backend.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal abstract unsafe class DriverBuffer<T> : DeviceBuffer<T>, IDriverMemory where T : unmanaged
{
    private readonly DriverAccelerator _accelerator;
    private nint _handle;

    private protected DriverBuffer(DriverAccelerator accelerator, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        (_accelerator, Length) = (accelerator, length);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override ComputeAccelerator Accelerator => _accelerator;

    DriverAccelerator IDriverMemory.Owner => _accelerator;

    nint IDriverMemory.Handle => Handle;

    private protected nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_handle == 0, this);
            return _handle;
        }
    }

    private protected long Bytes => (long)Length * sizeof(T);

    /// <summary>What is asked of the driver: none has memory of 0 bytes.</summary>
    private protected nuint AllocatedBytes => (nuint)Math.Max(Bytes, 1);

    /// <inheritdoc/>
    public override void CopyFrom(ReadOnlySpan<T> source, int offset = 0)
    {
        RequireRange(offset, source.Length, "copy to");
        if (HasWork(source.Length))
        {
            fixed (T* pointer = source)
            {
                Write(pointer, SizeOf(source.Length), SizeOf(offset));
            }
        }
    }

    /// <inheritdoc/>
    public override void Upload(HostBuffer<T> source, int sourceOffset, int count, int offset)
    {
        ArgumentNullException.ThrowIfNull(source);
        RequireRange(offset, count, "upload to");
        RequireSource(source, sourceOffset, count);
        if (source is not DriverHostBuffer<T> host || host.Owner != _accelerator)
        {
            throw new ArgumentException($"Host memory of another accelerator was given to {_accelerator.Description}.", nameof(source));
        }

        var from = host.Pointer + sourceOffset;
        if (HasWork(count))
        {
            Enqueue(host, from, SizeOf(count), SizeOf(offset));
        }
    }

    /// <inheritdoc/>
    public override void CopyTo(Span<T> destination, int offset = 0)
    {
        RequireRange(offset, destination.Length, "copy from");
        if (HasWork(destination.Length))
        {
            fixed (T* pointer = destination)
            {
                Read(pointer, SizeOf(destination.Length), SizeOf(offset));
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_handle == 0)
        {
            return;
        }

        var handle = _handle;
        _handle = 0;
        _accelerator.Remove(this);
        _accelerator.Count(-Bytes);
        Release(handle);
    }

    /// <summary>Takes over what the driver has allocated.</summary>
    private protected void Own(nint handle)
    {
        _handle = handle;
        _accelerator.Add(this);
        _accelerator.Count(Bytes);
    }

    /// <summary>Copies from host memory, which may be reused on return.</summary>
    private protected abstract void Write(void* source, nuint bytes, nuint offset);

    /// <summary>Enqueues a copy from memory of the host buffer, and has it note that.</summary>
    private protected abstract void Enqueue(DriverHostBuffer<T> host, void* source, nuint bytes, nuint offset);

    /// <summary>Waits for what was enqueued, then copies to host memory.</summary>
    private protected abstract void Read(void* destination, nuint bytes, nuint offset);

    /// <summary>Gives the memory back.</summary>
    private protected abstract void Release(nint handle);

    private static nuint SizeOf(int count) => (nuint)count * (nuint)sizeof(T);

    /// <summary>Whether there is anything to copy; memory that was given back is refused even then.</summary>
    private bool HasWork(int count) => Handle != 0 && count > 0;
}
