namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>Memory of an OpenCL device, whatever its elements.</summary>
internal interface IOpenClMemory : IDisposable
{
    /// <summary>The accelerator that owns it.</summary>
    OpenClAccelerator Owner { get; }

    /// <summary>The memory object.</summary>
    /// <exception cref="ObjectDisposedException">It was given back.</exception>
    nint Handle { get; }
}

/// <summary>Memory of an OpenCL device.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed unsafe class OpenClBuffer<T> : DeviceBuffer<T>, IOpenClMemory where T : unmanaged
{
    private const ulong ReadWrite = 1;

    private readonly OpenClAccelerator _accelerator;
    private nint _handle;

    internal OpenClBuffer(OpenClAccelerator accelerator, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _accelerator = accelerator;
        Length = length;
        RequireMemory();

        // OpenCL has no memory of 0 bytes.
        int code;
        _handle = accelerator.Native.clCreateBuffer(accelerator.Context, ReadWrite, (nuint)Math.Max(Bytes, 1), null, &code);
        OpenClError.CheckAllocation(code, "clCreateBuffer", $"{Bytes:N0} bytes on {accelerator.Description}, {accelerator.DescribeMemory()}");
        accelerator.Add(this);
        accelerator.Count(Bytes);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override ComputeAccelerator Accelerator => _accelerator;

    OpenClAccelerator IOpenClMemory.Owner => _accelerator;

    nint IOpenClMemory.Handle => Handle;

    private nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_handle == 0, this);
            return _handle;
        }
    }

    private long Bytes => (long)Length * sizeof(T);

    /// <inheritdoc/>
    public override void CopyFrom(ReadOnlySpan<T> source, int offset = 0)
    {
        RequireRange(offset, source.Length, "copy to");
        if (source.IsEmpty)
        {
            return;
        }

        var bytes = (nuint)((long)source.Length * sizeof(T));
        fixed (T* pointer = source)
        {
            OpenClError.Check(_accelerator.Native.clEnqueueWriteBuffer(_accelerator.Queue, Handle, 1, (nuint)offset * (nuint)sizeof(T),
                bytes, pointer, 0, null, null),
                "clEnqueueWriteBuffer", $"{bytes:N0} bytes to {_accelerator.Description}");
        }
    }

    /// <inheritdoc/>
    public override void Upload(HostBuffer<T> source, int sourceOffset, int count, int offset)
    {
        RequireRange(offset, count, "upload to");
        RequireSource(source, sourceOffset, count);
        if (source is not OpenClHostBuffer<T> host || host.Owner != _accelerator)
        {
            throw new ArgumentException($"Host memory of another accelerator was given to {_accelerator.Description}.", nameof(source));
        }

        if (count == 0)
        {
            return;
        }

        var bytes = (nuint)count * (nuint)sizeof(T);
        nint upload;
        OpenClError.Check(_accelerator.Native.clEnqueueWriteBuffer(_accelerator.Queue, Handle, 0, (nuint)offset * (nuint)sizeof(T),
            bytes, host.Pointer + sourceOffset, 0, null, &upload),
            "clEnqueueWriteBuffer", $"{bytes:N0} bytes to {_accelerator.Description}");
        host.Note(upload);
        OpenClError.Check(_accelerator.Native.clFlush(_accelerator.Queue), "clFlush", $"{_accelerator.Description}");
    }

    /// <inheritdoc/>
    public override void CopyTo(Span<T> destination, int offset = 0)
    {
        RequireRange(offset, destination.Length, "copy from");
        if (destination.IsEmpty)
        {
            return;
        }

        var bytes = (nuint)((long)destination.Length * sizeof(T));
        fixed (T* pointer = destination)
        {
            OpenClError.Check(_accelerator.Native.clEnqueueReadBuffer(_accelerator.Queue, Handle, 1, (nuint)offset * (nuint)sizeof(T),
                bytes, pointer, 0, null, null),
                "clEnqueueReadBuffer", $"{bytes:N0} bytes from {_accelerator.Description}");
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
        OpenClError.Check(_accelerator.Native.clReleaseMemObject(handle), "clReleaseMemObject",
            $"{Bytes:N0} bytes on {_accelerator.Description}");
    }

    /// <summary>
    /// Refuses what cannot fit. Drivers allocate when memory is first used, and some then take the whole system down with them
    /// instead of returning an error.
    /// </summary>
    private void RequireMemory()
    {
        var memory = _accelerator.Memory;
        if (Bytes > memory.LargestAllocationBytes)
        {
            throw new OutOfDeviceMemoryException(
                $"{_accelerator.Description} allocates at most {memory.LargestAllocationBytes:N0} bytes at once, {Bytes:N0} were asked for: use a smaller batch or network.");
        }

        if (Bytes > memory.AvailableBytes)
        {
            throw new OutOfDeviceMemoryException(
                $"{Bytes:N0} bytes on {_accelerator.Description} were asked for, {_accelerator.DescribeMemory()}: use a smaller batch or network.");
        }
    }
}
