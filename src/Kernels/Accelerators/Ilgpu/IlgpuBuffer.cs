using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Accelerators.Ilgpu;

/// <summary>Memory of an ILGPU accelerator, whatever its elements.</summary>
internal interface IIlgpuMemory : IDisposable
{
    /// <summary>The accelerator that owns it.</summary>
    IlgpuAccelerator Owner { get; }

    /// <summary>A part of it as kernels are given it.</summary>
    IlgpuView Bind(int offset, int length);
}

/// <summary>Memory of an ILGPU accelerator.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed unsafe class IlgpuBuffer<T> : DeviceBuffer<T>, IIlgpuMemory where T : unmanaged
{
    private readonly IlgpuAccelerator _accelerator;
    private MemoryBuffer? _memory;

    internal IlgpuBuffer(IlgpuAccelerator accelerator, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _accelerator = accelerator;
        Length = length;

        // OpenCL has no memory of 0 bytes.
        try
        {
            _memory = accelerator.Device.AllocateRaw(Math.Max(length, 1), Unsafe.SizeOf<T>());
        }
        catch (AcceleratorException exception)
        {
            throw IlgpuError.Failure($"Allocating {Bytes:N0} bytes", accelerator.Description, exception);
        }
        catch (OutOfMemoryException exception)
        {
            throw new OutOfDeviceMemoryException($"{accelerator.Description} has no memory for {Bytes:N0} more bytes.", exception);
        }

        accelerator.Add(this, Bytes);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override ComputeAccelerator Accelerator => _accelerator;

    IlgpuAccelerator IIlgpuMemory.Owner => _accelerator;

    private long Bytes => (long)Length * Unsafe.SizeOf<T>();

    private MemoryBuffer Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            return _memory;
        }
    }

    IlgpuView IIlgpuMemory.Bind(int offset, int length) => new(new ArrayView<T>(Memory, offset, length), () => _ = Memory);

    /// <inheritdoc/>
    public override void CopyFrom(ReadOnlySpan<T> source, int offset = 0)
    {
        RequireRange(offset, source.Length, "copy to");
        var view = new ArrayView<T>(Memory, offset, source.Length);
        fixed (T* pointer = source)
        {
            // Waits for the copy, so that the source may be reused.
            try
            {
                view.CopyFromCPU(ref *pointer, source.Length);
            }
            catch (AcceleratorException exception)
            {
                throw Failure("to", source.Length, exception);
            }
        }
    }

    /// <inheritdoc/>
    public override void CopyTo(Span<T> destination, int offset = 0)
    {
        RequireRange(offset, destination.Length, "copy from");
        var view = new ArrayView<T>(Memory, offset, destination.Length);
        fixed (T* pointer = destination)
        {
            try
            {
                view.CopyToCPU(ref *pointer, destination.Length);
            }
            catch (AcceleratorException exception)
            {
                throw Failure("from", destination.Length, exception);
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
            memory.Dispose();
        }
    }

    private DeviceException Failure(string direction, int count, AcceleratorException exception) =>
        IlgpuError.Failure($"Copying {count} {typeof(T).Name} {direction} the device", _accelerator.Description, exception);
}
