using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The samples of a batch as a factor: bytes that become floats, value * scale + offset. Sample after sample; its features run along the
/// depth in x w, along the outer dimension in x^T dy.
/// </summary>
internal struct ByteRows<TDirection, TWidth> : IProductPanel<ByteRows<TDirection, TWidth>>
    where TDirection : struct, IDirection where TWidth : struct, IWidth
{
    internal ArrayView<byte> Values;

    /// <summary>The samples, the batch's first one first.</summary>
    internal ArrayView<int> Order;
    internal int Rows;
    internal int Features;
    internal float Scale;
    internal float Offset;

    /// <summary>The batch that begins at the cursor's sample.</summary>
    internal static ByteRows<TDirection, TWidth> Of(ArrayView<byte> values, ArrayView<int> order, ArrayView<int> cursor, float scale, float offset,
        int rows, int features) => new()
        {
            Values = values,
            Order = order.SubView(cursor[StepCursor.Sample], rows),
            Rows = rows,
            Features = features,
            Scale = scale,
            Offset = offset,
        };

    /// <inheritdoc/>
    public static bool RunsAlongDepth => TDirection.RunsAlongDepth;

    /// <inheritdoc/>
    public static bool IsWide => TWidth.IsWide;

    /// <inheritdoc/>
    public static bool ReadsStarts => true;

    /// <inheritdoc/>
    public static int Start(ByteRows<TDirection, TWidth> panel, int row) =>
        panel.Order[KernelMath.Min(row, panel.Rows - 1)] * panel.Features;

    /// <inheritdoc/>
    public static Float4 Fetch(ByteRows<TDirection, TWidth> panel, int start, int column, int left)
    {
        var bytes = TWidth.Fetch(panel.Values, start, column, left);
        return new Float4
        {
            X = left > 0 ? KernelMath.Fma(bytes.X, panel.Scale, panel.Offset) : 0f,
            Y = left > (TWidth.IsWide ? 0 : 1) ? KernelMath.Fma(bytes.Y, panel.Scale, panel.Offset) : 0f,
            Z = left > (TWidth.IsWide ? 0 : 2) ? KernelMath.Fma(bytes.Z, panel.Scale, panel.Offset) : 0f,
            W = left > (TWidth.IsWide ? 0 : 3) ? KernelMath.Fma(bytes.W, panel.Scale, panel.Offset) : 0f,
        };
    }
}
