namespace Gpu.Kernels.Model;

/// <summary>An index in one dimension; converts to and from <see cref="int"/> by itself.</summary>
/// <param name="x">The index.</param>
public readonly struct Index1D(int x) : IEquatable<Index1D>
{
    /// <summary>-1, which no element has.</summary>
    public static readonly Index1D Invalid = new(-1);

    /// <summary>0.</summary>
    public static readonly Index1D Zero = new(0);

    /// <summary>1.</summary>
    public static readonly Index1D One = new(1);

    /// <summary>The index.</summary>
    public int X { get; } = x;

    /// <summary>The number of elements, where this is an extent.</summary>
    public int Size => X;

    /// <summary>The number of elements, where this is an extent.</summary>
    public long LongSize => X;

    /// <summary>The smaller of two.</summary>
    public static Index1D Min(Index1D first, Index1D second) => new(Math.Min(first.X, second.X));

    /// <summary>The larger of two.</summary>
    public static Index1D Max(Index1D first, Index1D second) => new(Math.Max(first.X, second.X));

    /// <summary>The value, but not below <paramref name="min"/> and not above <paramref name="max"/>.</summary>
    public static Index1D Clamp(Index1D value, Index1D min, Index1D max) => Max(Min(value, max), min);

    /// <inheritdoc/>
    public bool Equals(Index1D other) => X == other.X;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Index1D other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => X;

    /// <inheritdoc/>
    public override string ToString() => $"{X}";

    /// <summary>An index from an integer.</summary>
    public static implicit operator Index1D(int index) => new(index);

    /// <summary>The index as an integer.</summary>
    public static implicit operator int(Index1D index) => index.X;

    /// <summary>The index as a long one.</summary>
    public static implicit operator LongIndex1D(Index1D index) => new(index.X);

    /// <summary>The index as an unsigned integer.</summary>
    public static explicit operator uint(Index1D index) => (uint)index.X;

    /// <summary>The sum.</summary>
    public static Index1D operator +(Index1D first, Index1D second) => new(first.X + second.X);

    /// <summary>The difference.</summary>
    public static Index1D operator -(Index1D first, Index1D second) => new(first.X - second.X);

    /// <summary>The product.</summary>
    public static Index1D operator *(Index1D first, Index1D second) => new(first.X * second.X);

    /// <summary>The quotient.</summary>
    public static Index1D operator /(Index1D first, Index1D second) => new(first.X / second.X);

    /// <summary>Whether both are the same.</summary>
    public static bool operator ==(Index1D first, Index1D second) => first.X == second.X;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Index1D first, Index1D second) => first.X != second.X;
}
