namespace Gpu.Kernels.Model;

/// <summary>A 64-bit index in one dimension; converts to and from <see cref="long"/> by itself.</summary>
/// <param name="X">The index.</param>
public readonly record struct LongIndex1D(long X)
{
    /// <summary>The number of elements, where this is an extent.</summary>
    public long Size => X;

    /// <summary>An index from an integer.</summary>
    public static implicit operator LongIndex1D(long index) => new(index);

    /// <summary>The index as an integer.</summary>
    public static implicit operator long(LongIndex1D index) => index.X;

    /// <summary>The index as a 32-bit one.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public static explicit operator Index1D(LongIndex1D index) => new(checked((int)index.X));

    /// <summary>The sum.</summary>
    public static LongIndex1D operator +(LongIndex1D first, LongIndex1D second) => new(first.X + second.X);

    /// <summary>The difference.</summary>
    public static LongIndex1D operator -(LongIndex1D first, LongIndex1D second) => new(first.X - second.X);

    /// <summary>The product.</summary>
    public static LongIndex1D operator *(LongIndex1D first, LongIndex1D second) => new(first.X * second.X);

    /// <summary>The quotient.</summary>
    public static LongIndex1D operator /(LongIndex1D first, LongIndex1D second) => new(first.X / second.X);
}

/// <summary>A 64-bit index in three dimensions.</summary>
/// <param name="X">The first dimension.</param>
/// <param name="Y">The second dimension.</param>
/// <param name="Z">The third dimension.</param>
public readonly record struct LongIndex3D(long X, long Y, long Z)
{
    /// <summary>The number of elements, where this is an extent.</summary>
    public long Size => X * Y * Z;
}
