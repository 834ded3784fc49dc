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

    /// <summary>Whether rows hold a multiple of four elements and may be loaded by four.</summary>
    static abstract bool IsWide { get; }

    /// <summary>
    /// Whether where a row begins is itself read from memory. A lane's instructions start in order: it would wait for that before the first
    /// multiply-add of a step, so loops read it a step ahead of the loads that need it.
    /// </summary>
    static abstract bool ReadsStarts { get; }

    /// <summary>Where a row of memory begins. Rows beyond the factor's last one may be asked for, but nothing of them.</summary>
    static abstract int Start(TSelf panel, int row);

    /// <summary>
    /// The elements of a row from <paramref name="column"/>, a multiple of four, on: as many as are left of the row, at most four,
    /// then zeros.
    /// </summary>
    static abstract Float4 Fetch(TSelf panel, int start, int column, int left);
}

/// <summary>Which way the rows of a factor run in memory.</summary>
public interface IDirection
{
    /// <summary>See <see cref="IProductPanel{TSelf}.RunsAlongDepth"/>.</summary>
    static abstract bool RunsAlongDepth { get; }
}

/// <summary>x in x w, and both factors of dy w^T.</summary>
internal readonly struct AlongDepth : IDirection
{
    public static bool RunsAlongDepth => true;
}

/// <summary>w in x w, and both factors of x^T dy.</summary>
internal readonly struct AlongOuter : IDirection
{
    public static bool RunsAlongDepth => false;
}

/// <summary>A matrix of floats.</summary>
internal struct FloatRows<TDirection, TWidth> : IProductPanel<FloatRows<TDirection, TWidth>>
    where TDirection : struct, IDirection where TWidth : struct, IWidth
{
    internal ArrayView<float> Data;
    internal int Columns;

    /// <inheritdoc/>
    public static bool RunsAlongDepth => TDirection.RunsAlongDepth;

    /// <inheritdoc/>
    public static bool IsWide => TWidth.IsWide;

    /// <inheritdoc/>
    public static bool ReadsStarts => false;

    /// <inheritdoc/>
    public static int Start(FloatRows<TDirection, TWidth> panel, int row) => row * panel.Columns;

    /// <inheritdoc/>
    public static Float4 Fetch(FloatRows<TDirection, TWidth> panel, int start, int column, int left) =>
        TWidth.Fetch(panel.Data, start + column, left);
}
