using ILGPU.Runtime;

namespace Gpu.Kernels.Devices.Gpu;

/// <summary>Host memory that ILGPU page-locked where the device can, so that uploads do not wait.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed class GpuHostBuffer<T> : HostBuffer<T> where T : unmanaged
{
    private PageLockedArray1D<T>? _memory;
    private readonly UploadMark _mark;

    internal GpuHostBuffer(GpuAccelerator owner, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        (Owner, Length) = (owner, length);
        _memory = owner.Checked($"Allocating {length:N0} elements of page-locked memory", () => owner.Device.AllocatePageLocked1D<T>(Math.Max(length, 1)));
        _mark = owner.CreateMark();
        owner.Add(this, 0);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override Span<T> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            return _memory.Span[..Length];
        }
    }

    internal GpuAccelerator Owner { get; }

    /// <inheritdoc/>
    public override void WaitForUploads() => _mark.Wait();

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_memory is { } memory)
        {
            WaitForUploads();
            _mark.Dispose();
            _memory = null;
            Owner.Remove(this, 0);
            memory.Dispose();
        }
    }

    /// <summary>Notes the latest upload; those before it end earlier, the stream keeps their order.</summary>
    internal void NoteUpload() => _mark.Set();
}

/// <summary>A place in a device's stream, that of the latest upload from a host buffer.</summary>
internal abstract class UploadMark : IDisposable
{
    /// <summary>Marks the place that the stream has reached.</summary>
    internal abstract void Set();

    /// <summary>Waits until the device has passed the mark; where none is set there is nothing to wait for.</summary>
    internal abstract void Wait();

    /// <summary>Gives back what the driver keeps for it.</summary>
    public abstract void Dispose();
}
