namespace Gpu.Kernels.Model;

/// <summary>An index in three dimensions.</summary>
/// <param name="x">The first dimension.</param>
/// <param name="y">The second dimension.</param>
/// <param name="z">The third dimension.</param>
public readonly struct Index3D(int x, int y, int z) : IEquatable<Index3D>
{
    /// <summary>(-1, -1, -1), which no element has.</summary>
    public static readonly Index3D Invalid = new(-1, -1, -1);

    /// <summary>(0, 0, 0).</summary>
    public static readonly Index3D Zero = new(0, 0, 0);

    /// <summary>(1, 1, 1).</summary>
    public static readonly Index3D One = new(1, 1, 1);

    /// <summary>An index from its first two parts and its third.</summary>
    public Index3D(Index2D xy, int z) : this(xy.X, xy.Y, z) { }

    /// <summary>An index from its first part and its last two.</summary>
    public Index3D(int x, Index2D yz) : this(x, yz.X, yz.Y) { }

    /// <summary>The first dimension.</summary>
    public int X { get; } = x;

    /// <summary>The second dimension.</summary>
    public int Y { get; } = y;

    /// <summary>The third dimension.</summary>
    public int Z { get; } = z;

    /// <summary>The first two dimensions.</summary>
    public Index2D XY => new(X, Y);

    /// <summary>The last two dimensions.</summary>
    public Index2D YZ => new(Y, Z);

    /// <summary>The number of elements, where this is an extent.</summary>
    public int Size => X * Y * Z;

    /// <summary>The number of elements, where this is an extent.</summary>
    public long LongSize => (long)X * Y * Z;

    /// <summary>The parts of the index.</summary>
    public void Deconstruct(out int x, out int y, out int z) => (x, y, z) = (X, Y, Z);

    /// <inheritdoc/>
    public bool Equals(Index3D other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Index3D other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(X, Y, Z);

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y}, {Z})";

    /// <summary>An index from a triple.</summary>
    public static implicit operator Index3D((int X, int Y, int Z) index) => new(index.X, index.Y, index.Z);

    /// <summary>The sum, part by part.</summary>
    public static Index3D operator +(Index3D first, Index3D second) =>
        new(first.X + second.X, first.Y + second.Y, first.Z + second.Z);

    /// <summary>The difference, part by part.</summary>
    public static Index3D operator -(Index3D first, Index3D second) =>
        new(first.X - second.X, first.Y - second.Y, first.Z - second.Z);

    /// <summary>The product, part by part.</summary>
    public static Index3D operator *(Index3D first, Index3D second) =>
        new(first.X * second.X, first.Y * second.Y, first.Z * second.Z);

    /// <summary>The quotient, part by part.</summary>
    public static Index3D operator /(Index3D first, Index3D second) =>
        new(first.X / second.X, first.Y / second.Y, first.Z / second.Z);

    /// <summary>Whether both are the same.</summary>
    public static bool operator ==(Index3D first, Index3D second) => first.XY == second.XY && first.Z == second.Z;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Index3D first, Index3D second) => !(first == second);
}
