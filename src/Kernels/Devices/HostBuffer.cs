namespace Gpu.Kernels.Devices;

/// <summary>
/// Host memory that a device copies from by itself: page-locked where it has that, so that
/// <see cref="DeviceBuffer{T}.Upload"/> does not wait. Whoever allocates it disposes of it, before the accelerator.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
public abstract class HostBuffer<T> : IDisposable where T : unmanaged
{
    /// <summary>The number of elements.</summary>
    public abstract int Length { get; }

    /// <summary>The elements. While an upload of them is under way they may be read, not written.</summary>
    public abstract Span<T> Span { get; }

    /// <summary>Waits until every upload from this buffer has read what it copies; then it may be filled anew.</summary>
    public abstract void WaitForUploads();

    /// <summary>Waits for the uploads and gives the memory back.</summary>
    public abstract void Dispose();
}

/// <summary>Memory of the process, for devices whose uploads have ended on return.</summary>
internal sealed class ProcessHostBuffer<T>(int length) : HostBuffer<T> where T : unmanaged
{
    private T[]? _elements = new T[length];

    public override int Length => length;

    public override Span<T> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_elements is null, this);
            return _elements;
        }
    }

    public override void WaitForUploads()
    {
        // An upload is a copy that has ended when it returns.
    }

    public override void Dispose() => _elements = null;
}
