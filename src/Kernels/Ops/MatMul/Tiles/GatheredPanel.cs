using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>How panels read the samples of a batch: bytes that become floats, value * scale + offset.</summary>
internal static class ByteRow
{
    /// <summary>
    /// As <see cref="IProductPanel{TSelf}.Fetch"/>. Where nothing is left the row's first element is read, and not used: a load behind a
    /// condition would have to end before the next begins, since the conversion hangs on it. With <paramref name="vectors"/> all samples
    /// begin at multiples of four bytes and hold a multiple of four.
    /// </summary>
    internal static Float4 Fetch(ArrayView<byte> values, int vectors, float scale, float offset, int start, int column, int left)
    {
        if (vectors != 0)
        {
            var word = values.Cast<uint>()[(left > 0 ? start + column : start) >> 2];
            return new Float4
            {
                X = Input((int)(word & 255), left > 0, scale, offset),
                Y = Input((int)((word >> 8) & 255), left > 0, scale, offset),
                Z = Input((int)((word >> 16) & 255), left > 0, scale, offset),
                W = Input((int)(word >> 24), left > 0, scale, offset),
            };
        }

        return new Float4
        {
            X = Input(values[left > 0 ? start + column : start], left > 0, scale, offset),
            Y = Input(values[left > 1 ? start + column + 1 : start], left > 1, scale, offset),
            Z = Input(values[left > 2 ? start + column + 2 : start], left > 2, scale, offset),
            W = Input(values[left > 3 ? start + column + 3 : start], left > 3, scale, offset),
        };
    }

    private static float Input(int value, bool isInside, float scale, float offset) => isInside ? KernelMath.Fma(value, scale, offset) : 0f;
}

/// <summary>A batch, sample by sample, its features along the depth: x in x w.</summary>
internal struct GatheredDepthRows : IProductPanel<GatheredDepthRows>
{
    internal ArrayView<byte> Values;
    internal ArrayView<int> Order;
    internal int First;
    internal int Features;
    internal float Scale;
    internal float Offset;

    /// <summary>Not 0 where features may be loaded by four.</summary>
    internal int Vectors;

    /// <summary>The batch that begins at the cursor's sample.</summary>
    internal static GatheredDepthRows Of(ArrayView<byte> values, ArrayView<int> order, ArrayView<int> cursor, float scale, float offset,
        int features, int vectors) => new()
        {
            Values = values,
            Order = order,
            First = cursor[StepCursor.Sample],
            Features = features,
            Scale = scale,
            Offset = offset,
            Vectors = vectors & MatMul.LeftVectors,
        };

    /// <inheritdoc/>
    public static bool RunsAlongDepth => true;

    /// <inheritdoc/>
    public static int Start(GatheredDepthRows panel, int row) => panel.Order[panel.First + row] * panel.Features;

    /// <inheritdoc/>
    public static Float4 Fetch(GatheredDepthRows panel, int start, int column, int left) =>
        ByteRow.Fetch(panel.Values, panel.Vectors, panel.Scale, panel.Offset, start, column, left);
}

/// <summary>A batch, sample by sample, its features along the outer dimension: x in x^T dy.</summary>
internal struct GatheredOuterRows : IProductPanel<GatheredOuterRows>
{
    internal ArrayView<byte> Values;
    internal ArrayView<int> Order;
    internal int First;
    internal int Features;
    internal float Scale;
    internal float Offset;

    /// <summary>Not 0 where features may be loaded by four.</summary>
    internal int Vectors;

    /// <summary>The batch that begins at the cursor's sample.</summary>
    internal static GatheredOuterRows Of(ArrayView<byte> values, ArrayView<int> order, ArrayView<int> cursor, float scale, float offset,
        int features, int vectors) => new()
        {
            Values = values,
            Order = order,
            First = cursor[StepCursor.Sample],
            Features = features,
            Scale = scale,
            Offset = offset,
            Vectors = vectors & MatMul.LeftVectors,
        };

    /// <inheritdoc/>
    public static bool RunsAlongDepth => false;

    /// <inheritdoc/>
    public static int Start(GatheredOuterRows panel, int row) => panel.Order[panel.First + row] * panel.Features;

    /// <inheritdoc/>
    public static Float4 Fetch(GatheredOuterRows panel, int start, int column, int left) =>
        ByteRow.Fetch(panel.Values, panel.Vectors, panel.Scale, panel.Offset, start, column, left);
}
