namespace Gpu.Kernels.Model;

/// <summary>An index in two dimensions.</summary>
/// <param name="x">The first dimension.</param>
/// <param name="y">The second dimension.</param>
public readonly struct Index2D(int x, int y) : IEquatable<Index2D>
{
    /// <summary>(-1, -1), which no element has.</summary>
    public static readonly Index2D Invalid = new(-1, -1);

    /// <summary>(0, 0).</summary>
    public static readonly Index2D Zero = new(0, 0);

    /// <summary>(1, 1).</summary>
    public static readonly Index2D One = new(1, 1);

    /// <summary>The first dimension.</summary>
    public int X { get; } = x;

    /// <summary>The second dimension.</summary>
    public int Y { get; } = y;

    /// <summary>The number of elements, where this is an extent.</summary>
    public int Size => X * Y;

    /// <summary>The number of elements, where this is an extent.</summary>
    public long LongSize => (long)X * Y;

    /// <summary>The parts of the index.</summary>
    public void Deconstruct(out int x, out int y) => (x, y) = (X, Y);

    /// <inheritdoc/>
    public bool Equals(Index2D other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Index2D other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(X, Y);

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y})";

    /// <summary>An index from a pair.</summary>
    public static implicit operator Index2D((int X, int Y) index) => new(index.X, index.Y);

    /// <summary>The sum, part by part.</summary>
    public static Index2D operator +(Index2D first, Index2D second) => new(first.X + second.X, first.Y + second.Y);

    /// <summary>The difference, part by part.</summary>
    public static Index2D operator -(Index2D first, Index2D second) => new(first.X - second.X, first.Y - second.Y);

    /// <summary>The product, part by part.</summary>
    public static Index2D operator *(Index2D first, Index2D second) => new(first.X * second.X, first.Y * second.Y);

    /// <summary>The quotient, part by part.</summary>
    public static Index2D operator /(Index2D first, Index2D second) => new(first.X / second.X, first.Y / second.Y);

    /// <summary>Whether both are the same.</summary>
    public static bool operator ==(Index2D first, Index2D second) => first.X == second.X && first.Y == second.Y;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Index2D first, Index2D second) => !(first == second);
}
