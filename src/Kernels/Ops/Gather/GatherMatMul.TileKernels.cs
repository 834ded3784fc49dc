using ILGPU;
using ILGPU.Runtime;

namespace Gpu.Kernels.Ops;

// The products of a first layer by tiles that gather and scale their samples themselves.
public sealed partial class GatherMatMul
{
    /// <summary>
    /// y = f(x w + bias) with x[r, f] = values[order[cursor.Sample + r], f] * scale + offset, in groups of the tile's lanes, one a tile.
    /// </summary>
    /// <param name="values">(samples, features).</param>
    /// <param name="order">Which sample stands where in the epoch.</param>
    /// <param name="cursor">See <see cref="StepCursor"/>.</param>
    /// <param name="scale">Factor of a byte.</param>
    /// <param name="offset">Added after that.</param>
    /// <param name="w">(features, outputs).</param>
    /// <param name="bias">(outputs).</param>
    /// <param name="activation">An <see cref="Activation"/>.</param>
    /// <param name="vectors">What may be loaded and stored by four: the bits that <see cref="MatMul"/>'s kernels have.</param>
    /// <param name="rows">Samples in the batch.</param>
    /// <param name="features">Bytes of a sample.</param>
    /// <param name="outputs">Outputs of the layer.</param>
    /// <param name="y">(rows, outputs).</param>
    [GroupLanes(nameof(IProductTile.Lanes))]
    public static void GatherForwardTileKernel<TTile>(ArrayView<byte> values, ArrayView<int> order, ArrayView<int> cursor,
        float scale, float offset, ArrayView<float> w, ArrayView<float> bias, SpecializedValue<int> activation, SpecializedValue<int> vectors,
        int rows, int features, int outputs, ArrayView<float> y)
        where TTile : struct, IProductTile
    {
        var shared = SharedMemory.Allocate<Float4>(TTile.SharedFours);
        TTile.Run(
            GatheredDepthRows.Of(values, order, cursor, scale, offset, features, vectors),
            new OuterRows { Data = w, Columns = outputs, Vectors = vectors & MatMul.RightVectors },
            new ForwardTarget { Bias = bias, Y = y, HasBias = 1, Activation = activation, Columns = outputs, Wide = vectors & MatMul.TargetVectors },
            MatMul.Place<TTile>(rows, outputs, 0, features), shared);
    }

    /// <summary>dw = x^T dy, and with <paramref name="hasBias"/> db = the column sums of dy, in groups of the tile's lanes.</summary>
    [GroupLanes(nameof(IProductTile.Lanes))]
    public static void GatherGradientTileKernel<TTile>(ArrayView<byte> values, ArrayView<int> order, ArrayView<int> cursor,
        float scale, float offset, ArrayView<float> dy, int hasBias, SpecializedValue<int> vectors, int rows, int features, int outputs,
        ArrayView<float> dw, ArrayView<float> db)
        where TTile : struct, IProductTile
    {
        var shared = SharedMemory.Allocate<Float4>(TTile.SharedFours);
        TTile.Run(
            GatheredOuterRows.Of(values, order, cursor, scale, offset, features, vectors),
            new OuterRows { Data = dy, Columns = outputs, Vectors = vectors & MatMul.RightVectors },
            new StoreTarget { Dw = dw, Db = db, HasBias = hasBias, Columns = outputs, Wide = vectors & MatMul.TargetVectors },
            MatMul.Place<TTile>(features, outputs, 0, rows), shared);
    }

    /// <summary>
    /// w = w - rate x^T dy, and with <paramref name="hasBias"/> the same of bias and the column sums of dy, with the rate of the cursor's step,
    /// in groups of the tile's lanes.
    /// </summary>
    [GroupLanes(nameof(IProductTile.Lanes))]
    public static void GatherUpdateTileKernel<TTile>(ArrayView<byte> values, ArrayView<int> order, ArrayView<int> cursor,
        float scale, float offset, ArrayView<float> dy, ArrayView<float> rates, int hasBias, SpecializedValue<int> vectors, int rows,
        int features, int outputs, ArrayView<float> w, ArrayView<float> bias)
        where TTile : struct, IProductTile
    {
        var shared = SharedMemory.Allocate<Float4>(TTile.SharedFours);
        TTile.Run(
            GatheredOuterRows.Of(values, order, cursor, scale, offset, features, vectors),
            new OuterRows { Data = dy, Columns = outputs, Vectors = vectors & MatMul.RightVectors },
            new UpdateTarget
            {
                Weights = w,
                Bias = bias,
                Rate = rates[cursor[StepCursor.Step]],
                HasBias = hasBias,
                Columns = outputs,
                Wide = vectors & MatMul.TargetVectors,
            },
            MatMul.Place<TTile>(features, outputs, 0, rows), shared);
    }
}
