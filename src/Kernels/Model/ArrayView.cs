using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Model;

/// <summary>Elements of device memory as a kernel sees them. Every access is checked.</summary>
/// <typeparam name="T">The element type.</typeparam>
public readonly unsafe struct ArrayView<T> where T : unmanaged
{
    /// <summary>Bytes of an element.</summary>
    public static readonly int ElementSize = sizeof(T);

    /// <summary>A view of nothing.</summary>
    public static readonly ArrayView<T> Empty;

    private readonly T* _data;
    private readonly long _length;

    internal ArrayView(T* data, long length)
    {
        _data = data;
        _length = length;
    }

    /// <summary>Whether the view stands on memory.</summary>
    public bool IsValid => _data != null;

    /// <summary>The number of elements. Kernels compare with <see cref="IntLength"/>.</summary>
    public long Length => _length;

    /// <summary>The number of elements.</summary>
    public int IntLength => checked((int)_length);

    /// <summary>The number of elements as an index.</summary>
    public LongIndex1D Extent => new(_length);

    /// <summary>The number of elements as an index.</summary>
    public Index1D IntExtent => new(IntLength);

    /// <summary>The number of bytes.</summary>
    public long LengthInBytes => _length * sizeof(T);

    /// <summary>The element at <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index lies outside the view.</exception>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref At(index);
    }

    /// <summary>The element at <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index lies outside the view.</exception>
    public ref T this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref At(index);
    }

    /// <summary>The element at <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index lies outside the view.</exception>
    public ref T this[Index1D index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref At(index.X);
    }

    /// <summary>The element at <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index lies outside the view.</exception>
    public ref T this[LongIndex1D index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref At(index.X);
    }

    /// <summary>The elements from <paramref name="index"/> to the end.</summary>
    public ArrayView<T> SubView(long index) => SubView(index, _length - index);

    /// <summary><paramref name="length"/> elements from <paramref name="index"/>.</summary>
    public ArrayView<T> SubView(int index, int length) => SubView((long)index, length);

    /// <summary><paramref name="length"/> elements from <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie inside the view.</exception>
    public ArrayView<T> SubView(long index, long length)
    {
        if (index < 0 || length < 0 || index > _length - length)
        {
            ThrowRange(index, length);
        }

        return new ArrayView<T>(_data + index, length);
    }

    /// <summary>The same bytes as elements of another type; a rest that fills no element is left out.</summary>
    /// <typeparam name="TOther">The other element type.</typeparam>
    public ArrayView<TOther> Cast<TOther>() where TOther : unmanaged => new((TOther*)_data, LengthInBytes / sizeof(TOther));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref T At(long index)
    {
        if ((ulong)index >= (ulong)_length)
        {
            ThrowIndex(index);
        }

        return ref _data[index];
    }

    [DoesNotReturn]
    private void ThrowIndex(long index) => throw new ArgumentOutOfRangeException(nameof(index),
        $"index {index} lies outside a view of {_length} elements ({typeof(T).Name})");

    [DoesNotReturn]
    private void ThrowRange(long index, long length) => throw new ArgumentOutOfRangeException(nameof(index),
        $"{length} elements from index {index} do not lie inside a view of {_length} elements ({typeof(T).Name})");
}
