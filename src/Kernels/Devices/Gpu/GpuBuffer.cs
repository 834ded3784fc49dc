using System.Runtime.CompilerServices;
using ILGPU.Runtime;

namespace Gpu.Kernels.Devices.Gpu;

/// <summary>Memory of an ILGPU device, whatever its elements.</summary>
internal interface IGpuMemory : IDisposable
{
    /// <summary>The accelerator that owns it.</summary>
    GpuAccelerator Owner { get; }

    /// <summary>How the driver names it: an address on a CUDA device, an object of OpenCL.</summary>
    /// <exception cref="ObjectDisposedException">It was given back.</exception>
    nint Handle { get; }

    /// <summary>Bytes of all elements.</summary>
    long Bytes { get; }

    /// <summary>The type of the elements.</summary>
    Type ElementType { get; }

    /// <summary>ILGPU's buffer.</summary>
    MemoryBuffer Buffer { get; }
}

/// <summary>Memory that ILGPU allocated on a device.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed unsafe class GpuBuffer<T> : DeviceBuffer<T>, IGpuMemory where T : unmanaged
{
    private readonly GpuAccelerator _accelerator;
    private MemoryBuffer? _memory;

    internal GpuBuffer(GpuAccelerator accelerator, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        (_accelerator, Length) = (accelerator, length);
        accelerator.RequireMemory(Bytes);

        // No driver has memory of 0 bytes.
        _memory = accelerator.Checked($"Allocating {Bytes:N0} bytes", () => accelerator.Device.AllocateRaw(Math.Max(length, 1), sizeof(T)));
        accelerator.Add(this, Bytes);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override ComputeAccelerator Accelerator => _accelerator;

    /// <inheritdoc/>
    public long Bytes => (long)Length * sizeof(T);

    GpuAccelerator IGpuMemory.Owner => _accelerator;

    nint IGpuMemory.Handle => Memory.NativePtr;

    Type IGpuMemory.ElementType => typeof(T);

    MemoryBuffer IGpuMemory.Buffer => Memory;

    private MemoryBuffer Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            return _memory;
        }
    }

    /// <inheritdoc/>
    public override void CopyFrom(ReadOnlySpan<T> source, int offset = 0)
    {
        RequireRange(offset, source.Length, "copy to");
        if (HasWork(source.Length))
        {
            fixed (T* pointer = source)
            {
                _accelerator.Upload(Memory, SizeOf(offset), (nint)pointer, SizeOf(source.Length));

                // A device that reaches the process's own memory may read it only when the copy's turn comes.
                _accelerator.Synchronize();
            }
        }
    }

    /// <inheritdoc/>
    public override void Upload(HostBuffer<T> source, int sourceOffset, int count, int offset)
    {
        ArgumentNullException.ThrowIfNull(source);
        RequireRange(offset, count, "upload to");
        RequireSource(source, sourceOffset, count);
        if (source is not GpuHostBuffer<T> host || host.Owner != _accelerator)
        {
            throw new ArgumentException($"Host memory of another accelerator was given to {_accelerator.Description}.", nameof(source));
        }

        if (HasWork(count))
        {
            _accelerator.Upload(Memory, SizeOf(offset), (nint)Unsafe.AsPointer(ref host.Span[sourceOffset]), SizeOf(count));
            host.NoteUpload();
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
                _accelerator.Download(Memory, SizeOf(offset), (nint)pointer, SizeOf(destination.Length));
                _accelerator.Synchronize();
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_memory is { } memory)
        {
            _memory = null;
            _accelerator.Remove(this, Bytes);
            _accelerator.Checked($"Giving back {Bytes:N0} bytes", () =>
            {
                memory.Dispose();
                return 0;
            });
        }
    }

    private static long SizeOf(int count) => (long)count * sizeof(T);

    /// <summary>Whether there is anything to copy; memory that was given back is refused even then.</summary>
    private bool HasWork(int count) => Memory is not null && count > 0;
}
