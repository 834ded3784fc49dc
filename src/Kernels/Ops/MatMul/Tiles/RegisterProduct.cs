using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A tile of a product by lanes that each keep a small matrix of sums in registers. Both factors pass through shared memory in steps of
/// the tile's depth, the outer dimension side by side, in two buffers: while the lanes compute on one, the loads for the other are under
/// way in registers, so that a step needs one barrier. Beyond the edges the tiles hold 0 in both factors.
/// <para>
/// A row of the shared tile is four floats longer than the tile is wide: a factor that runs along the depth is turned over on the way, and
/// with it the stores of lanes that load side by side fall into different banks.
/// </para>
/// </summary>
internal static class RegisterProduct
{
    /// <summary>
    /// Sums one tile and hands it to the target. Groups whose tile lies below the product's last row sum the columns of the right factor
    /// instead, where the target takes such sums: beside the products and not in their loop, which has no register to spare.
    /// </summary>
    internal static void Run<TTile, TLeft, TRight, TTarget>(TLeft left, TRight right, TTarget target, ProductPlace place,
        ArrayView<Float4> shared)
        where TTile : struct, IProductTile
        where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight> where TTarget : struct, IProductTarget<TTarget>
    {
        var sums = LocalMemory.Allocate<float>(TTile.LaneRows * TTile.LaneColumns);
        var nextLeft = LocalMemory.Allocate<Float4>(LeftSide<TTile>.Fetches);
        var nextRight = LocalMemory.Allocate<Float4>(RightSide<TTile>.Fetches);
        var startsLeft = LocalMemory.Allocate<int>(LeftSide<TTile>.Fetches);
        var startsRight = LocalMemory.Allocate<int>(RightSide<TTile>.Fetches);
        if (TTarget.SumsColumns && place.FirstRow >= place.EndRow)
        {
            ProductSide.SumColumns<TTile, TRight, TTarget>(right, target, place, shared);
            return;
        }

        var x = LaneX<TTile>();
        var y = LaneY<TTile>();
        for (var i = 0; i < TTile.LaneRows * TTile.LaneColumns; i++)
        {
            sums[i] = 0f;
        }

        ProductSide.Start<LeftSide<TTile>, TLeft>(left, place.FirstRow, place.EndRow, startsLeft);
        ProductSide.Start<RightSide<TTile>, TRight>(right, place.FirstColumn, place.EndColumn, startsRight);
        Fetch<TTile, TLeft, TRight>(left, right, startsLeft, startsRight, place, place.FirstDepth, nextLeft, nextRight);
        Store<TTile, TLeft, TRight>(nextLeft, nextRight, shared, 0);
        Group.Barrier();
        var buffer = 0;
        for (var depth = place.FirstDepth; depth < place.EndDepth; depth += TTile.Depth)
        {
            var next = depth + TTile.Depth;
            if (next < place.EndDepth)
            {
                Fetch<TTile, TLeft, TRight>(left, right, startsLeft, startsRight, place, next, nextLeft, nextRight);
            }

            Multiply<TTile>(shared.SubView((buffer * LeftSide<TTile>.SharedFours) + y),
                shared.SubView((2 * LeftSide<TTile>.SharedFours) + (buffer * RightSide<TTile>.SharedFours) + x), sums);
            if (next < place.EndDepth)
            {
                Store<TTile, TLeft, TRight>(nextLeft, nextRight, shared, 1 - buffer);
            }

            Group.Barrier();
            buffer = 1 - buffer;
        }

        Put<TTile, TTarget>(target, place, sums);
    }

    /// <summary>Loads the lane's share of both factors' next step.</summary>
    private static void Fetch<TTile, TLeft, TRight>(TLeft left, TRight right, ArrayView<int> startsLeft, ArrayView<int> startsRight,
        ProductPlace place, int depth, ArrayView<Float4> nextLeft, ArrayView<Float4> nextRight)
        where TTile : struct, IProductTile where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight>
    {
        ProductSide.Fetch<LeftSide<TTile>, TLeft>(left, startsLeft, place.FirstRow, place.EndRow, depth, place.EndDepth, nextLeft);
        ProductSide.Fetch<RightSide<TTile>, TRight>(right, startsRight, place.FirstColumn, place.EndColumn, depth, place.EndDepth, nextRight);
    }

    /// <summary>Stores that share into one of the two buffers.</summary>
    private static void Store<TTile, TLeft, TRight>(ArrayView<Float4> nextLeft, ArrayView<Float4> nextRight, ArrayView<Float4> shared, int buffer)
        where TTile : struct, IProductTile where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight>
    {
        ProductSide.Store<LeftSide<TTile>, TLeft>(nextLeft, shared.SubView(buffer * LeftSide<TTile>.SharedFours));
        ProductSide.Store<RightSide<TTile>, TRight>(nextRight,
            shared.SubView((2 * LeftSide<TTile>.SharedFours) + (buffer * RightSide<TTile>.SharedFours)));
    }

    /// <summary>The lane's place among the tile's quads of columns. A warp of 32 lanes covers 8 quads by 4: it loads few distinct words.</summary>
    private static int LaneX<TTile>() where TTile : struct, IProductTile =>
        (Group.IdxX / 32 % (TTile.Columns / TTile.LaneColumns / 8) * 8) + (Group.IdxX % 8);

    private static int LaneY<TTile>() where TTile : struct, IProductTile =>
        (Group.IdxX / 32 / (TTile.Columns / TTile.LaneColumns / 8) * 4) + (Group.IdxX / 8 % 4);

    /// <summary>
    /// Adds the products of one step; the views begin at the lane's first row and column. A lane's rows and columns are quads that lie apart,
    /// so that neighbours load neighbouring quads.
    /// </summary>
    private static void Multiply<TTile>(ArrayView<Float4> left, ArrayView<Float4> right, ArrayView<float> sums)
        where TTile : struct, IProductTile
    {
        var a = LocalMemory.Allocate<float>(TTile.LaneRows);
        var b = LocalMemory.Allocate<float>(TTile.LaneColumns);
        for (var d = 0; d < TTile.Depth; d++)
        {
            for (var q = 0; q < TTile.LaneRows / 4; q++)
            {
                var four = left[(d * ((TTile.Rows / 4) + 1)) + (q * (TTile.Rows / TTile.LaneRows))];
                a[4 * q] = four.X;
                a[(4 * q) + 1] = four.Y;
                a[(4 * q) + 2] = four.Z;
                a[(4 * q) + 3] = four.W;
            }

            for (var q = 0; q < TTile.LaneColumns / 4; q++)
            {
                var four = right[(d * ((TTile.Columns / 4) + 1)) + (q * (TTile.Columns / TTile.LaneColumns))];
                b[4 * q] = four.X;
                b[(4 * q) + 1] = four.Y;
                b[(4 * q) + 2] = four.Z;
                b[(4 * q) + 3] = four.W;
            }

            for (var i = 0; i < TTile.LaneRows; i++)
            {
                for (var j = 0; j < TTile.LaneColumns; j++)
                {
                    sums[(i * TTile.LaneColumns) + j] = KernelMath.Fma(a[i], b[j], sums[(i * TTile.LaneColumns) + j]);
                }
            }
        }
    }

    private static void Put<TTile, TTarget>(TTarget target, ProductPlace place, ArrayView<float> sums)
        where TTile : struct, IProductTile where TTarget : struct, IProductTarget<TTarget>
    {
        for (var q = 0; q < TTile.LaneColumns / 4; q++)
        {
            var column = place.FirstColumn + (LaneX<TTile>() * 4) + (q * (TTile.Columns * 4 / TTile.LaneColumns));
            var terms = TTarget.Terms(target, column, place.EndColumn - column);
            for (var i = 0; i < TTile.LaneRows; i++)
            {
                var row = place.FirstRow + (LaneY<TTile>() * 4) + (i / 4 * (TTile.Rows * 4 / TTile.LaneRows)) + (i % 4);
                ProductSide.Put(target, place, row, column, new Float4
                {
                    X = sums[(i * TTile.LaneColumns) + (q * 4)],
                    Y = sums[(i * TTile.LaneColumns) + (q * 4) + 1],
                    Z = sums[(i * TTile.LaneColumns) + (q * 4) + 2],
                    W = sums[(i * TTile.LaneColumns) + (q * 4) + 3],
                }, terms);
            }
        }
    }
}
