namespace Gpu.Kernels.Devices;

/// <summary>Memory on a device. Whoever allocates it disposes of it, before the accelerator.</summary>
/// <typeparam name="T">The element type.</typeparam>
public abstract class DeviceBuffer<T> : IDisposable where T : unmanaged
{
    /// <summary>The number of elements.</summary>
    public abstract int Length { get; }

    /// <summary>The accelerator that owns the memory.</summary>
    public abstract ComputeAccelerator Accelerator { get; }

    /// <summary>The whole buffer as a view.</summary>
    public DeviceView<T> View => new(this, 0, Length);

    /// <summary>Copies host memory into the buffer, in order with the launches; the source may be reused on return.</summary>
    /// <param name="source">What to copy.</param>
    /// <param name="offset">The first element of the buffer to write.</param>
    public abstract void CopyFrom(ReadOnlySpan<T> source, int offset = 0);

    /// <summary>
    /// Enqueues a copy of host memory into the buffer, in order with the launches, and returns. The source may be written again
    /// after <see cref="HostBuffer{T}.WaitForUploads"/>.
    /// </summary>
    /// <param name="source">Memory of this buffer's accelerator.</param>
    /// <param name="sourceOffset">The first element to copy.</param>
    /// <param name="count">How many elements.</param>
    /// <param name="offset">The first element of the buffer to write.</param>
    public virtual void Upload(HostBuffer<T> source, int sourceOffset, int count, int offset)
    {
        ArgumentNullException.ThrowIfNull(source);
        RequireSource(source, sourceOffset, count);
        CopyFrom(source.Span.Slice(sourceOffset, count), offset);
    }

    /// <summary>Waits for the launches enqueued so far, then copies elements to host memory.</summary>
    /// <param name="destination">Filled to its full length.</param>
    /// <param name="offset">The first element of the buffer to read.</param>
    public abstract void CopyTo(Span<T> destination, int offset = 0);

    /// <summary>The buffer's contents as a new array.</summary>
    public T[] ToArray()
    {
        var result = new T[Length];
        CopyTo(result);
        return result;
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The whole buffer as a kernel argument.</summary>
    public static implicit operator KernelArgument(DeviceBuffer<T> buffer) => buffer.View;

    /// <summary>The whole buffer as a view.</summary>
    public static implicit operator DeviceView<T>(DeviceBuffer<T> buffer) => buffer.View;

    /// <summary>Throws where a range does not lie inside the host memory that is to be copied.</summary>
    private protected static void RequireSource(HostBuffer<T> source, int offset, int count)
    {
        if (offset < 0 || count < 0 || (long)offset + count > source.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset),
                $"Upload: elements {offset} to {(long)offset + count} asked for, the host memory has {source.Length}.");
        }
    }

    /// <summary>Throws where a range does not lie inside the buffer.</summary>
    protected void RequireRange(int offset, int count, string operation)
    {
        if (offset < 0 || count < 0 || (long)offset + count > Length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset),
                $"{operation} {Accelerator.Id}: elements {offset} to {(long)offset + count} asked for, the buffer has {Length}.");
        }
    }
}
