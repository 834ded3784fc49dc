using ILGPU;

namespace Gpu.Kernels.Ops;

// The products of patches by tiles that read the patches from the images. Parameters that are not named are those of the products of MatMul.
public static unsafe partial class Convolution
{
    /// <summary>y = f(patches(x) w + bias), in groups of the tile's lanes, one a tile.</summary>
    /// <param name="x">Images without padding.</param>
    /// <param name="sizes">See <see cref="WindowSizes"/>.</param>
    /// <param name="w">(k, n).</param>
    /// <param name="bias">(n), read where <paramref name="hasBias"/> is 1.</param>
    /// <param name="hasBias">0 or 1.</param>
    /// <param name="m">Places of all images.</param>
    /// <param name="k">The patch length.</param>
    /// <param name="n">Filters.</param>
    /// <param name="y">(m, n).</param>
    public static void PatchForwardTileKernel<TTile, TLeft, TRight, TTarget, TActivation>(ArrayView<float> x, ArrayView<int> sizes,
        ArrayView<float> w, ArrayView<float> bias, int hasBias, int m, int k, int n, ArrayView<float> y)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
        where TActivation : struct, IActivation
    {
        TTile.Run(
            PatchRows<AlongDepth, TLeft>.Of(x, sizes),
            new FloatRows<AlongOuter, TRight> { Data = w, Columns = n },
            new ForwardTarget<TTarget, TActivation> { Bias = bias, Y = y, HasBias = hasBias, Columns = n },
            MatMul.Place<TTile>(m, n, 0, k));
    }

    /// <summary>parts[p] = the part of patches(x) w that sums the depth from p * partDepth on: parts is (parts, (m + 1) n).</summary>
    public static void PatchForwardPartKernel<TTile, TLeft, TRight, TTarget>(ArrayView<float> x, ArrayView<int> sizes, ArrayView<float> w,
        int columnTiles, int partDepth, int m, int k, int n, ArrayView<float> parts)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
    {
        TTile.Run(
            PatchRows<AlongDepth, TLeft>.Of(x, sizes),
            new FloatRows<AlongOuter, TRight> { Data = w, Columns = n },
            MatMul.Part<TTarget>(parts, Grid.IdxX / columnTiles, 0, m, n),
            MatMul.PartPlace<TTile>(columnTiles, partDepth, m, n, k));
    }

    /// <summary>dw = patches(x)^T dy, and with <paramref name="hasBias"/> db = the column sums of dy: dy is (m, n), dw (k, n), db (n).</summary>
    public static void PatchGradientTileKernel<TTile, TLeft, TRight, TTarget>(ArrayView<float> x, ArrayView<int> sizes, ArrayView<float> dy,
        int hasBias, int m, int k, int n, ArrayView<float> dw, ArrayView<float> db)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
    {
        TTile.Run(
            PatchRows<AlongOuter, TLeft>.Of(x, sizes),
            new FloatRows<AlongOuter, TRight> { Data = dy, Columns = n },
            new StoreTarget<TTarget> { Dw = dw, Db = db, HasBias = hasBias, Columns = n },
            MatMul.Place<TTile>(k, n, 0, m));
    }

    /// <summary>parts[p] = a part of patches(x)^T dy and of the column sums of dy: parts is (parts, (k + 1) n).</summary>
    public static void PatchGradientPartKernel<TTile, TLeft, TRight, TTarget>(ArrayView<float> x, ArrayView<int> sizes, ArrayView<float> dy,
        int columnTiles, int partDepth, int m, int k, int n, ArrayView<float> parts)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
    {
        TTile.Run(
            PatchRows<AlongOuter, TLeft>.Of(x, sizes),
            new FloatRows<AlongOuter, TRight> { Data = dy, Columns = n },
            MatMul.Part<TTarget>(parts, Grid.IdxX / columnTiles, 1, k, n),
            MatMul.PartPlace<TTile>(columnTiles, partDepth, k, n, m));
    }
}
