using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Devices;

/// <summary>A view without its element type, for code that binds arguments.</summary>
public interface IDeviceView
{
    /// <summary>The buffer, a <see cref="DeviceBuffer{T}"/> of <see cref="ElementType"/>.</summary>
    object BufferObject { get; }

    /// <summary>The first element.</summary>
    int Offset { get; }

    /// <summary>The number of elements.</summary>
    int Length { get; }

    /// <summary>The element type.</summary>
    Type ElementType { get; }

    /// <summary>The first element, in bytes.</summary>
    long OffsetBytes { get; }
}

/// <summary>A contiguous part of a <see cref="DeviceBuffer{T}"/>, as the host names it.</summary>
/// <typeparam name="T">The element type.</typeparam>
public readonly record struct DeviceView<T> : IDeviceView where T : unmanaged
{
    /// <summary>Elements <paramref name="offset"/> to <paramref name="offset"/> + <paramref name="length"/> of a buffer.</summary>
    public DeviceView(DeviceBuffer<T> buffer, int offset, int length)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        if (offset < 0 || length < 0 || (long)offset + length > buffer.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(length),
                $"A view of elements {offset} to {(long)offset + length} does not fit a buffer of {buffer.Length}.");
        }

        Buffer = buffer;
        Offset = offset;
        Length = length;
    }

    /// <summary>The buffer.</summary>
    public DeviceBuffer<T> Buffer { get; }

    /// <inheritdoc/>
    public int Offset { get; }

    /// <inheritdoc/>
    public int Length { get; }

    object IDeviceView.BufferObject => Buffer;

    Type IDeviceView.ElementType => typeof(T);

    long IDeviceView.OffsetBytes => (long)Offset * Unsafe.SizeOf<T>();

    /// <summary>A part of this view.</summary>
    public DeviceView<T> Slice(int offset, int length)
    {
        if (offset < 0 || length < 0 || (long)offset + length > Length)
        {
            throw new ArgumentOutOfRangeException(nameof(length),
                $"Elements {offset} to {(long)offset + length} do not lie inside a view of {Length}.");
        }

        return new DeviceView<T>(Buffer, Offset + offset, length);
    }

    /// <summary>The view as a kernel argument.</summary>
    public static implicit operator KernelArgument(DeviceView<T> view) => KernelArgument.Of(view);
}
