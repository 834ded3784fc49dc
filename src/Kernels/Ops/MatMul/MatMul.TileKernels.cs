using ILGPU;

namespace Gpu.Kernels.Ops;

// The products by tiles. Type arguments say how a tile is made, how each factor is loaded and how the result is stored.
public static unsafe partial class MatMul
{
    /// <summary>y = f(x w + bias), in groups of the tile's lanes, one a tile.</summary>
    /// <param name="x">(m, k).</param>
    /// <param name="w">(k, n).</param>
    /// <param name="bias">(n), read where <paramref name="hasBias"/> is 1.</param>
    /// <param name="hasBias">0 or 1.</param>
    /// <param name="m">Rows of x.</param>
    /// <param name="k">Columns of x.</param>
    /// <param name="n">Columns of w.</param>
    /// <param name="y">(m, n).</param>
    public static void ForwardTileKernel<TTile, TLeft, TRight, TTarget, TActivation>(ArrayView<float> x, ArrayView<float> w,
        ArrayView<float> bias, int hasBias, int m, int k, int n, ArrayView<float> y)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
        where TActivation : struct, IActivation
    {
        TTile.Run(
            new FloatRows<AlongDepth, TLeft> { Data = x, Columns = k },
            new FloatRows<AlongOuter, TRight> { Data = w, Columns = n },
            new ForwardTarget<TTarget, TActivation> { Bias = bias, Y = y, HasBias = hasBias, Columns = n },
            Place<TTile>(m, n, 0, k));
    }

    /// <summary>dx = (dy w^T) f'(a), in groups of the tile's lanes, one a tile; parameters as in <see cref="InputGradientKernel{TActivation}"/>.</summary>
    public static void InputGradientTileKernel<TTile, TLeft, TRight, TTarget, TActivation>(ArrayView<float> dy, ArrayView<float> w,
        ArrayView<float> xKept, int m, int k, int n, ArrayView<float> dx)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
        where TActivation : struct, IActivation
    {
        TTile.Run(
            new FloatRows<AlongDepth, TLeft> { Data = dy, Columns = n },
            new FloatRows<AlongDepth, TRight> { Data = w, Columns = n },
            new InputGradientTarget<TTarget, TActivation> { Kept = xKept, Dx = dx, Columns = k },
            Place<TTile>(m, k, 0, n));
    }

    /// <summary>dw = x^T dy, and with <paramref name="hasBias"/> db = the column sums of dy: x is (m, k), dy (m, n), dw (k, n), db (n).</summary>
    public static void LayerGradientTileKernel<TTile, TLeft, TRight, TTarget>(ArrayView<float> x, ArrayView<float> dy, int hasBias,
        int m, int k, int n, ArrayView<float> dw, ArrayView<float> db)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
    {
        TTile.Run(
            new FloatRows<AlongOuter, TLeft> { Data = x, Columns = k },
            new FloatRows<AlongOuter, TRight> { Data = dy, Columns = n },
            new StoreTarget<TTarget> { Dw = dw, Db = db, HasBias = hasBias, Columns = n },
            Place<TTile>(k, n, 0, m));
    }

    /// <summary>
    /// w = w - rates[cursor[0]] x^T dy, and with <paramref name="hasBias"/> the same of bias and the column sums of dy: x is (m, k),
    /// dy (m, n), w (k, n), bias (n).
    /// </summary>
    public static void LayerUpdateTileKernel<TTile, TLeft, TRight, TTarget>(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> rates,
        ArrayView<int> cursor, int hasBias, int m, int k, int n, ArrayView<float> w, ArrayView<float> bias)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
    {
        TTile.Run(
            new FloatRows<AlongOuter, TLeft> { Data = x, Columns = k },
            new FloatRows<AlongOuter, TRight> { Data = dy, Columns = n },
            new UpdateTarget<TTarget> { Weights = w, Bias = bias, Rate = rates[cursor[StepCursor.Step]], HasBias = hasBias, Columns = n },
            Place<TTile>(k, n, 0, m));
    }

    /// <summary>The tile of the group that runs.</summary>
    internal static ProductPlace Place<TTile>(int rows, int columns, int firstDepth, int endDepth) where TTile : struct, IProductTile => new()
    {
        FirstRow = Grid.IdxY * TTile.Rows,
        EndRow = rows,
        FirstColumn = Grid.IdxX * TTile.Columns,
        EndColumn = columns,
        FirstDepth = firstDepth,
        EndDepth = endDepth,
    };
}
