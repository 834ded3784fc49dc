using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gpu.Kernels.Devices.Cpu;

/// <summary>A CPU buffer without its element type.</summary>
internal interface ICpuMemory
{
    /// <summary>The accelerator that owns the memory.</summary>
    ComputeAccelerator Owner { get; }

    /// <summary>Throws where the memory has been given back.</summary>
    void RequireAlive();
}

/// <summary>
/// Memory of the process, outside the managed heap, aligned to a cache line. At least one widest vector beyond the end is
/// readable, so that a twin may load a full vector at the last element.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed unsafe class CpuBuffer<T> : DeviceBuffer<T>, ICpuMemory where T : unmanaged
{
    /// <summary>Bytes before and after the elements: readable by twins, of which those with panels read four of the widest vectors; sentinels on a strict device.</summary>
    private const int Guard = 256;

    private const byte GuardByte = 0xA5;
    private const byte FreshByte = 0xFF;
    private const int Alignment = 64;

    private readonly ComputeAccelerator _accelerator;
    private readonly bool _strict;
    private byte* _memory;

    /// <summary>Allocates.</summary>
    /// <param name="accelerator">The processor, or the simulator.</param>
    /// <param name="length">The number of elements.</param>
    /// <param name="strict">Whether fresh memory holds NaN and is guarded on both sides.</param>
    internal CpuBuffer(ComputeAccelerator accelerator, int length, bool strict)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        (_accelerator, _strict) = (accelerator, strict);
        Length = length;
        try
        {
            _memory = (byte*)Allocate(Bytes + (2 * Guard));
        }
        catch (OutOfMemoryException exception)
        {
            throw new OutOfDeviceMemoryException($"The processor has no memory for {Bytes:N0} more bytes.", exception);
        }

        accelerator.Count(Bytes);
        NativeMemory.Fill(_memory, Guard, strict ? GuardByte : (byte)0);
        NativeMemory.Fill(_memory + Guard, (nuint)Bytes, strict ? FreshByte : (byte)0);
        NativeMemory.Fill(_memory + Guard + Bytes, Guard, strict ? GuardByte : (byte)0);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override ComputeAccelerator Accelerator => _accelerator;

    /// <summary>The first element.</summary>
    public T* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory == null, this);
            return (T*)(_memory + Guard);
        }
    }

    /// <summary>The elements.</summary>
    public Span<T> Span => new(Pointer, Length);

    private long Bytes => (long)Length * sizeof(T);

    private static void* Allocate(long bytes)
    {
        if (!LargePages.Suit(bytes))
        {
            return NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        }

        var memory = NativeMemory.AlignedAlloc((nuint)bytes, LargePages.Size);
        LargePages.Advise(memory, bytes);
        return memory;
    }

    /// <inheritdoc/>
    public override void CopyFrom(ReadOnlySpan<T> source, int offset = 0)
    {
        RequireRange(offset, source.Length, "copy to");
        source.CopyTo(Span[offset..]);
    }

    /// <inheritdoc/>
    public override void CopyTo(Span<T> destination, int offset = 0)
    {
        RequireRange(offset, destination.Length, "copy from");
        Span.Slice(offset, destination.Length).CopyTo(destination);
    }

    /// <summary>Throws where something was written outside the buffer (strict devices only).</summary>
    public void CheckGuards()
    {
        if (!_strict)
        {
            return;
        }

        var before = new ReadOnlySpan<byte>(_memory, Guard).IndexOfAnyExcept(GuardByte);
        var after = new ReadOnlySpan<byte>(_memory + Guard + Bytes, Guard).IndexOfAnyExcept(GuardByte);
        if (before >= 0 || after >= 0)
        {
            var where = before >= 0 ? $"{Guard - before} bytes before the start" : $"{after} bytes after the end";
            throw new DeviceException(
                $"A kernel wrote {where} of a buffer of {Length} {typeof(T).Name} ({Unsafe.SizeOf<T>()} bytes each).");
        }
    }

    ComputeAccelerator ICpuMemory.Owner => _accelerator;

    void ICpuMemory.RequireAlive() => ObjectDisposedException.ThrowIf(_memory == null, this);

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_memory == null)
        {
            return;
        }

        try
        {
            CheckGuards();
        }
        finally
        {
            NativeMemory.AlignedFree(_memory);
            _memory = null;
            _accelerator.Count(-Bytes);
        }
    }
}

/// <summary>Pointers for SIMD twins.</summary>
public static unsafe class CpuViews
{
    /// <summary>The first element of a view that lies in CPU memory.</summary>
    public static T* Pointer<T>(this DeviceView<T> view) where T : unmanaged =>
        view.Buffer is CpuBuffer<T> buffer
            ? buffer.Pointer + view.Offset
            : throw new ArgumentException($"A view on {view.Buffer.Accelerator.Id} was given to the processor.", nameof(view));
}
