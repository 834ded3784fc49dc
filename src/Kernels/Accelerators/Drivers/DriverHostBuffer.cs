namespace Gpu.Kernels.Accelerators;

/// <summary>Host memory that a driver allocated, so that its device copies from it by itself.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal abstract unsafe class DriverHostBuffer<T> : HostBuffer<T> where T : unmanaged
{
    private T* _pointer;

    private protected DriverHostBuffer(DriverAccelerator owner, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        (Owner, Length) = (owner, length);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override Span<T> Span => new(Pointer, Length);

    internal DriverAccelerator Owner { get; }

    internal T* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer == null, this);
            return _pointer;
        }
    }

    /// <summary>What is asked of the driver: none has memory of 0 bytes.</summary>
    private protected nuint AllocatedBytes => (nuint)Math.Max((long)Length * sizeof(T), 1);

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_pointer == null)
        {
            return;
        }

        var pointer = _pointer;
        _pointer = null;
        Owner.Remove(this);
        Release(pointer);
    }

    /// <summary>Takes over what the driver has allocated.</summary>
    private protected void Own(void* pointer)
    {
        _pointer = (T*)pointer;
        Owner.Add(this);
    }

    /// <summary>Waits for the uploads and gives the memory back.</summary>
    private protected abstract void Release(void* pointer);
}
