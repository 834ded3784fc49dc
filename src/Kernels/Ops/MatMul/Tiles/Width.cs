using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>How rows of memory are loaded and stored, as a type: four elements at once or one by one.</summary>
public interface IWidth
{
    /// <summary>Whether four at once.</summary>
    static abstract bool IsWide { get; }

    /// <summary>The elements from <paramref name="at"/> on, as many as are left, at most four, then zeros.</summary>
    static abstract Float4 Fetch(ArrayView<float> data, int at, int left);

    /// <summary>
    /// Four bytes from <paramref name="start"/> + <paramref name="column"/> on, of which as many count as are left; for the others the row's
    /// first is read: a load behind a condition would have to end before the next begins, since what becomes of a byte hangs on it.
    /// </summary>
    static abstract Int4 Fetch(ArrayView<byte> data, int start, int column, int left);

    /// <summary>Hands over the first of four sums, as many as are left, with what the target read of their places.</summary>
    static abstract void Put<TTarget>(TTarget target, int row, int column, int left, Float4 read, Float4 sums) where TTarget : struct, IProductTarget<TTarget>;
}

/// <summary>Rows begin at multiples of four elements and hold a multiple of four.</summary>
internal readonly struct Wide : IWidth
{
    public static bool IsWide => true;

    public static Float4 Fetch(ArrayView<float> data, int at, int left) => left > 0 ? data.Cast<Float4>()[at >> 2] : default;

    public static Int4 Fetch(ArrayView<byte> data, int start, int column, int left)
    {
        var word = data.Cast<uint>()[(left > 0 ? start + column : start) >> 2];
        return new Int4 { X = (int)(word & 255), Y = (int)((word >> 8) & 255), Z = (int)((word >> 16) & 255), W = (int)(word >> 24) };
    }

    public static void Put<TTarget>(TTarget target, int row, int column, int left, Float4 read, Float4 sums) where TTarget : struct, IProductTarget<TTarget>
    {
        if (left > 0)
        {
            TTarget.PutFour(target, row, column, read, sums);
        }
    }
}

/// <summary>Rows begin and end anywhere.</summary>
internal readonly struct Narrow : IWidth
{
    public static bool IsWide => false;

    public static Float4 Fetch(ArrayView<float> data, int at, int left) => new()
    {
        X = left > 0 ? data[at] : 0f,
        Y = left > 1 ? data[at + 1] : 0f,
        Z = left > 2 ? data[at + 2] : 0f,
        W = left > 3 ? data[at + 3] : 0f,
    };

    public static Int4 Fetch(ArrayView<byte> data, int start, int column, int left) => new()
    {
        X = data[left > 0 ? start + column : start],
        Y = data[left > 1 ? start + column + 1 : start],
        Z = data[left > 2 ? start + column + 2 : start],
        W = data[left > 3 ? start + column + 3 : start],
    };

    public static void Put<TTarget>(TTarget target, int row, int column, int left, Float4 read, Float4 sums) where TTarget : struct, IProductTarget<TTarget>
    {
        if (left > 0)
        {
            TTarget.PutOne(target, row, column, read.X, sums.X);
        }

        if (left > 1)
        {
            TTarget.PutOne(target, row, column + 1, read.Y, sums.Y);
        }

        if (left > 2)
        {
            TTarget.PutOne(target, row, column + 2, read.Z, sums.Z);
        }

        if (left > 3)
        {
            TTarget.PutOne(target, row, column + 3, read.W, sums.W);
        }
    }
}

/// <summary>What of a product may be loaded and stored by four.</summary>
internal readonly record struct ProductWidths(bool Left, bool Right, bool Target)
{
    /// <summary>The same as types.</summary>
    internal IEnumerable<Type> Types => [Of(Left), Of(Right), Of(Target)];

    private static Type Of(bool isWide) => isWide ? typeof(Wide) : typeof(Narrow);
}
