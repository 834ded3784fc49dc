using ILGPU;
using ILGPU.Runtime;

namespace Gpu.Kernels.Ops;

// The products by tiles: one kernel for each way to make a tile, made by the generator from the tile's type.
public static unsafe partial class MatMul
{
    /// <summary>Bit of a kernel's <c>vectors</c>: the left factor's rows may be loaded by four.</summary>
    internal const int LeftVectors = 1;

    /// <summary>Bit of a kernel's <c>vectors</c>: the right factor's rows may be loaded by four.</summary>
    internal const int RightVectors = 2;

    /// <summary>Bit of a kernel's <c>vectors</c>: the result's rows may be stored by four.</summary>
    internal const int TargetVectors = 4;

    /// <summary>y = f(x w + bias), in groups of the tile's lanes, one a tile.</summary>
    /// <param name="x">(m, k).</param>
    /// <param name="w">(k, n).</param>
    /// <param name="bias">(n), read where <paramref name="hasBias"/> is 1.</param>
    /// <param name="hasBias">0 or 1.</param>
    /// <param name="activation">An <see cref="Activation"/>.</param>
    /// <param name="vectors">What may be loaded and stored by four: bits.</param>
    /// <param name="m">Rows of x.</param>
    /// <param name="k">Columns of x.</param>
    /// <param name="n">Columns of w.</param>
    /// <param name="y">(m, n).</param>
    [GroupLanes(nameof(IProductTile.Lanes))]
    public static void ForwardTileKernel<TTile>(ArrayView<float> x, ArrayView<float> w, ArrayView<float> bias, int hasBias,
        SpecializedValue<int> activation, SpecializedValue<int> vectors, int m, int k, int n, ArrayView<float> y)
        where TTile : struct, IProductTile
    {
        var shared = SharedMemory.Allocate<Float4>(TTile.SharedFours);
        TTile.Run(
            new DepthRows { Data = x, Columns = k, Vectors = vectors & LeftVectors },
            new OuterRows { Data = w, Columns = n, Vectors = vectors & RightVectors },
            new ForwardTarget { Bias = bias, Y = y, HasBias = hasBias, Activation = activation, Columns = n, Wide = vectors & TargetVectors },
            Place<TTile>(m, n, 0, k), shared);
    }

    /// <summary>dx = (dy w^T) f'(a), in groups of the tile's lanes, one a tile; parameters as in <see cref="InputGradientKernel"/>.</summary>
    [GroupLanes(nameof(IProductTile.Lanes))]
    public static void InputGradientTileKernel<TTile>(ArrayView<float> dy, ArrayView<float> w, ArrayView<float> xOutput,
        SpecializedValue<int> activation, SpecializedValue<int> vectors, int m, int k, int n, ArrayView<float> dx)
        where TTile : struct, IProductTile
    {
        var shared = SharedMemory.Allocate<Float4>(TTile.SharedFours);
        TTile.Run(
            new DepthRows { Data = dy, Columns = n, Vectors = vectors & LeftVectors },
            new DepthRows { Data = w, Columns = n, Vectors = vectors & RightVectors },
            new InputGradientTarget { Outputs = xOutput, Dx = dx, Activation = activation, Columns = k, Wide = vectors & TargetVectors },
            Place<TTile>(m, k, 0, n), shared);
    }

    /// <summary>dw = x^T dy, and with <paramref name="hasBias"/> db = the column sums of dy: x is (m, k), dy (m, n), dw (k, n), db (n).</summary>
    [GroupLanes(nameof(IProductTile.Lanes))]
    public static void LayerGradientTileKernel<TTile>(ArrayView<float> x, ArrayView<float> dy, int hasBias,
        SpecializedValue<int> vectors, int m, int k, int n, ArrayView<float> dw, ArrayView<float> db)
        where TTile : struct, IProductTile
    {
        var shared = SharedMemory.Allocate<Float4>(TTile.SharedFours);
        TTile.Run(
            new OuterRows { Data = x, Columns = k, Vectors = vectors & LeftVectors },
            new OuterRows { Data = dy, Columns = n, Vectors = vectors & RightVectors },
            new StoreTarget { Dw = dw, Db = db, HasBias = hasBias, Columns = n, Wide = vectors & TargetVectors },
            Place<TTile>(k, n, 0, m), shared);
    }

    /// <summary>
    /// w = w - rates[cursor[0]] x^T dy, and with <paramref name="hasBias"/> the same of bias and the column sums of dy: x is (m, k),
    /// dy (m, n), w (k, n), bias (n).
    /// </summary>
    [GroupLanes(nameof(IProductTile.Lanes))]
    public static void LayerUpdateTileKernel<TTile>(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> rates, ArrayView<int> cursor,
        int hasBias, SpecializedValue<int> vectors, int m, int k, int n, ArrayView<float> w, ArrayView<float> bias)
        where TTile : struct, IProductTile
    {
        var shared = SharedMemory.Allocate<Float4>(TTile.SharedFours);
        TTile.Run(
            new OuterRows { Data = x, Columns = k, Vectors = vectors & LeftVectors },
            new OuterRows { Data = dy, Columns = n, Vectors = vectors & RightVectors },
            new UpdateTarget
            {
                Weights = w,
                Bias = bias,
                Rate = rates[cursor[StepCursor.Step]],
                HasBias = hasBias,
                Columns = n,
                Wide = vectors & TargetVectors,
            },
            Place<TTile>(k, n, 0, m), shared);
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
