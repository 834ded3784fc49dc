using ILGPU;

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
    /// <param name="rows">Samples in the batch.</param>
    /// <param name="features">Bytes of a sample.</param>
    /// <param name="outputs">Outputs of the layer.</param>
    /// <param name="y">(rows, outputs).</param>
    public static void GatherForwardTileKernel<TTile, TLeft, TRight, TTarget, TActivation>(ArrayView<byte> values, ArrayView<int> order,
        ArrayView<int> cursor, float scale, float offset, ArrayView<float> w, ArrayView<float> bias, int rows, int features, int outputs, ArrayView<float> y)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
        where TActivation : struct, IActivation
    {
        TTile.Run(
            ByteRows<AlongDepth, TLeft>.Of(values, order, cursor, scale, offset, rows, features),
            new FloatRows<AlongOuter, TRight> { Data = w, Columns = outputs },
            new ForwardTarget<TTarget, TActivation> { Bias = bias, Y = y, HasBias = 1, Columns = outputs },
            MatMul.Place<TTile>(rows, outputs, 0, features));
    }

    /// <summary>dw = x^T dy, and with <paramref name="hasBias"/> db = the column sums of dy, in groups of the tile's lanes.</summary>
    public static void GatherGradientTileKernel<TTile, TLeft, TRight, TTarget>(ArrayView<byte> values, ArrayView<int> order,
        ArrayView<int> cursor, float scale, float offset, ArrayView<float> dy, int hasBias, int rows, int features, int outputs,
        ArrayView<float> dw, ArrayView<float> db)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
    {
        TTile.Run(
            ByteRows<AlongOuter, TLeft>.Of(values, order, cursor, scale, offset, rows, features),
            new FloatRows<AlongOuter, TRight> { Data = dy, Columns = outputs },
            new StoreTarget<TTarget> { Dw = dw, Db = db, HasBias = hasBias, Columns = outputs },
            MatMul.Place<TTile>(features, outputs, 0, rows));
    }

    /// <summary>
    /// w = w - rate x^T dy, and with <paramref name="hasBias"/> the same of bias and the column sums of dy, with the rate of the cursor's step,
    /// in groups of the tile's lanes.
    /// </summary>
    public static void GatherUpdateTileKernel<TTile, TLeft, TRight, TTarget>(ArrayView<byte> values, ArrayView<int> order,
        ArrayView<int> cursor, float scale, float offset, ArrayView<float> dy, ArrayView<float> rates, int hasBias, int rows,
        int features, int outputs, ArrayView<float> w, ArrayView<float> bias)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
    {
        TTile.Run(
            ByteRows<AlongOuter, TLeft>.Of(values, order, cursor, scale, offset, rows, features),
            new FloatRows<AlongOuter, TRight> { Data = dy, Columns = outputs },
            new UpdateTarget<TTarget> { Weights = w, Bias = bias, Rate = rates[cursor[StepCursor.Step]], HasBias = hasBias, Columns = outputs },
            MatMul.Place<TTile>(features, outputs, 0, rows));
    }

    /// <summary>
    /// parts[p] = a part of x^T dy and of the column sums of dy, in groups of the tile's lanes: dy is (rows, outputs), parts
    /// (parts, (features + 1) outputs).
    /// </summary>
    public static void GatherGradientPartKernel<TTile, TLeft, TRight, TTarget>(ArrayView<byte> values, ArrayView<int> order,
        ArrayView<int> cursor, float scale, float offset, ArrayView<float> dy, int columnTiles, int partDepth, int rows, int features,
        int outputs, ArrayView<float> parts)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
    {
        TTile.Run(
            ByteRows<AlongOuter, TLeft>.Of(values, order, cursor, scale, offset, rows, features),
            new FloatRows<AlongOuter, TRight> { Data = dy, Columns = outputs },
            MatMul.Part<TTarget>(parts, Grid.IdxX / columnTiles, 1, features, outputs),
            MatMul.PartPlace<TTile>(columnTiles, partDepth, features, outputs, rows));
    }
}
