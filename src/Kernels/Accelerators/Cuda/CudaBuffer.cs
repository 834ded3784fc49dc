namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>Memory of a CUDA device, whatever its elements.</summary>
internal interface ICudaMemory : IDisposable
{
    /// <summary>The accelerator that owns it.</summary>
    CudaAccelerator Owner { get; }

    /// <summary>Its address on the device.</summary>
    /// <exception cref="ObjectDisposedException">It was given back.</exception>
    nint Address { get; }
}

/// <summary>Memory of a CUDA device.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed unsafe class CudaBuffer<T> : DeviceBuffer<T>, ICudaMemory where T : unmanaged
{
    private readonly CudaAccelerator _accelerator;
    private nint _address;

    internal CudaBuffer(CudaAccelerator accelerator, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        (_accelerator, Length) = (accelerator, length);
        accelerator.Enter();
        nint address;

        // CUDA has no memory of 0 bytes.
        var code = accelerator.Native.cuMemAlloc_v2(&address, (nuint)Math.Max(Bytes, 1));
        if (code != 0)
        {
            throw accelerator.Failure(code, "cuMemAlloc_v2", Wanted(code));
        }

        _address = address;
        accelerator.Add(this);
        accelerator.Count(Bytes);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override ComputeAccelerator Accelerator => _accelerator;

    CudaAccelerator ICudaMemory.Owner => _accelerator;

    nint ICudaMemory.Address => Address;

    private nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == 0, this);
            return _address;
        }
    }

    private long Bytes => (long)Length * sizeof(T);

    /// <inheritdoc/>
    public override void CopyFrom(ReadOnlySpan<T> source, int offset = 0)
    {
        RequireRange(offset, source.Length, "copy to");
        var destination = Address + (offset * (nint)sizeof(T));
        if (source.IsEmpty)
        {
            return;
        }

        _accelerator.Enter();
        var bytes = (nuint)source.Length * (nuint)sizeof(T);
        fixed (T* pointer = source)
        {
            _accelerator.Check(_accelerator.Native.cuMemcpyHtoDAsync_v2(destination, pointer, bytes, _accelerator.Stream),
                "cuMemcpyHtoDAsync_v2", $"{bytes:N0} bytes to {_accelerator.Description}");

            // A device that reaches the process's own memory may read it only when the copy's turn comes.
            _accelerator.Synchronize();
        }
    }

    /// <inheritdoc/>
    public override void Upload(HostBuffer<T> source, int sourceOffset, int count, int offset)
    {
        ArgumentNullException.ThrowIfNull(source);
        RequireRange(offset, count, "upload to");
        RequireSource(source, sourceOffset, count);
        if (source is not CudaHostBuffer<T> host || host.Owner != _accelerator)
        {
            throw new ArgumentException($"Host memory of another accelerator was given to {_accelerator.Description}.", nameof(source));
        }

        var (from, to) = (host.Address + (sourceOffset * (nint)sizeof(T)), Address + (offset * (nint)sizeof(T)));
        if (count == 0)
        {
            return;
        }

        _accelerator.Enter();
        var bytes = (nuint)count * (nuint)sizeof(T);
        _accelerator.Check(_accelerator.Native.cuMemcpyHtoDAsync_v2(to, (void*)from, bytes, _accelerator.Stream),
            "cuMemcpyHtoDAsync_v2", $"{bytes:N0} bytes to {_accelerator.Description}");
        host.NoteUpload();
    }

    /// <inheritdoc/>
    public override void CopyTo(Span<T> destination, int offset = 0)
    {
        RequireRange(offset, destination.Length, "copy from");
        var source = Address + (offset * (nint)sizeof(T));
        if (destination.IsEmpty)
        {
            return;
        }

        _accelerator.Enter();
        var bytes = (nuint)destination.Length * (nuint)sizeof(T);
        fixed (T* pointer = destination)
        {
            _accelerator.Check(_accelerator.Native.cuMemcpyDtoHAsync_v2(pointer, source, bytes, _accelerator.Stream),
                "cuMemcpyDtoHAsync_v2", $"{bytes:N0} bytes from {_accelerator.Description}");
            _accelerator.Synchronize();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_address == 0)
        {
            return;
        }

        var address = _address;
        _address = 0;
        _accelerator.Remove(this);
        _accelerator.Count(-Bytes);
        _accelerator.EnterToRelease();
        _accelerator.Release(_accelerator.Native.cuMemFree_v2(address), "cuMemFree_v2");
    }

    /// <summary>What was asked for and, where memory is short, what was there.</summary>
    private string Wanted(int code)
    {
        var wanted = $"{Bytes:N0} bytes on {_accelerator.Description}";
        nuint free, total;
        return code == CudaError.OutOfMemory && _accelerator.Native.cuMemGetInfo_v2(&free, &total) == 0
            ? $"{wanted} were asked for, of its {total:N0} bytes {free:N0} are free and {_accelerator.AllocatedBytes:N0} in use by this program: use a smaller batch or network"
            : wanted;
    }
}
