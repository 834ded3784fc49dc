using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A factor of a product as kernels load it: rows of memory, taken by four neighbours. A product sums over the depth; the factor's
/// other dimension, the outer one, is the product's rows for the left factor, its columns for the right one.
/// </summary>
/// <typeparam name="TSelf">The struct itself.</typeparam>
public interface IProductPanel<TSelf> where TSelf : struct
{
    /// <summary>Whether a row of memory runs along the depth; else it runs along the outer dimension.</summary>
    static abstract bool RunsAlongDepth { get; }

    /// <summary>Where a row of memory begins.</summary>
    static abstract int Start(TSelf panel, int row);

    /// <summary>
    /// The elements of a row from <paramref name="column"/>, a multiple of four, on: as many as are left of the row, at most four,
    /// then zeros. The row itself must be one of the factor's, also where nothing is left of it.
    /// </summary>
    static abstract Float4 Fetch(TSelf panel, int start, int column, int left);
}

/// <summary>How panels read floats.</summary>
internal static class FloatRow
{
    /// <summary>
    /// As <see cref="IProductPanel{TSelf}.Fetch"/>; with <paramref name="vectors"/> all rows begin at multiples of 16 bytes and hold a multiple
    /// of four.
    /// </summary>
    internal static Float4 Fetch(ArrayView<float> data, int vectors, int start, int column, int left)
    {
        if (vectors != 0)
        {
            return left > 0 ? data.Cast<Float4>()[(start + column) >> 2] : default;
        }

        return new Float4
        {
            X = left > 0 ? data[start + column] : 0f,
            Y = left > 1 ? data[start + column + 1] : 0f,
            Z = left > 2 ? data[start + column + 2] : 0f,
            W = left > 3 ? data[start + column + 3] : 0f,
        };
    }
}

/// <summary>A matrix whose rows run along the depth: x in x w, and w in dy w^T.</summary>
internal struct DepthRows : IProductPanel<DepthRows>
{
    internal ArrayView<float> Data;
    internal int Columns;

    /// <summary>Not 0 where rows may be loaded by four.</summary>
    internal int Vectors;

    /// <inheritdoc/>
    public static bool RunsAlongDepth => true;

    /// <inheritdoc/>
    public static int Start(DepthRows panel, int row) => row * panel.Columns;

    /// <inheritdoc/>
    public static Float4 Fetch(DepthRows panel, int start, int column, int left) =>
        FloatRow.Fetch(panel.Data, panel.Vectors, start, column, left);
}

/// <summary>A matrix whose rows run along the outer dimension: w in x w, both factors of x^T dy.</summary>
internal struct OuterRows : IProductPanel<OuterRows>
{
    internal ArrayView<float> Data;
    internal int Columns;

    /// <summary>Not 0 where rows may be loaded by four.</summary>
    internal int Vectors;

    /// <inheritdoc/>
    public static bool RunsAlongDepth => false;

    /// <inheritdoc/>
    public static int Start(OuterRows panel, int row) => row * panel.Columns;

    /// <inheritdoc/>
    public static Float4 Fetch(OuterRows panel, int start, int column, int left) =>
        FloatRow.Fetch(panel.Data, panel.Vectors, start, column, left);
}
