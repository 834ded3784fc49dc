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
    internal static void Run<TTile, TSums, TLeft, TRight, TTarget>(TLeft left, TRight right, TTarget target, ProductPlace place)
        where TTile : struct, IProductTile where TSums : struct, ILaneSums<TSums>
        where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight> where TTarget : struct, IProductTarget<TTarget>
    {
        var shared = SharedMemory.Allocate<Float4>(TTile.SharedFours);
        var sharedLeft = shared.SubView(0, 2 * LeftSide<TTile>.SharedFours);
        var sharedRight = shared.SubView(2 * LeftSide<TTile>.SharedFours, 2 * RightSide<TTile>.SharedFours);

        // A warp of 32 lanes covers 8 quads of columns by 4 of rows: it loads few distinct words.
        var across = TTile.Columns / 4 / TSums.Quads / 8;
        var x = (Group.IdxX / 32 % across * 8) + (Group.IdxX % 8);
        var y = (Group.IdxX / 32 / across * 4) + (Group.IdxX / 8 % 4);
        var placeLeft = ProductSide.Place<LeftSide<TTile>, TLeft>(left, place.FirstRow, place.EndRow);
        var placeRight = ProductSide.Place<RightSide<TTile>, TRight>(right, place.FirstColumn, place.EndColumn);
        placeLeft = ProductSide.Ahead<LeftSide<TTile>, TLeft>(left, placeLeft, place.FirstDepth);
        placeRight = ProductSide.Ahead<RightSide<TTile>, TRight>(right, placeRight, place.FirstDepth);
        if (TTarget.SumsColumns && place.FirstRow >= place.EndRow)
        {
            shared[Group.IdxX] = ProductSide.SumColumns<TTile, TRight>(right, place);
        }
        else
        {
            var firstLeft = ProductSide.Fetch<LeftSide<TTile>, TLeft>(left, placeLeft, place.EndRow, place.FirstDepth, place.EndDepth);
            var firstRight = ProductSide.Fetch<RightSide<TTile>, TRight>(right, placeRight, place.EndColumn, place.FirstDepth, place.EndDepth);
            placeLeft = ProductSide.Ahead<LeftSide<TTile>, TLeft>(left, placeLeft, place.FirstDepth + TTile.Depth);
            placeRight = ProductSide.Ahead<RightSide<TTile>, TRight>(right, placeRight, place.FirstDepth + TTile.Depth);
            ProductSide.Store<LeftSide<TTile>, TLeft>(firstLeft, placeLeft, sharedLeft);
            ProductSide.Store<RightSide<TTile>, TRight>(firstRight, placeRight, sharedRight);
        }

        // Every group passes this barrier: PoCL 6 compiles kernels wrongly where some groups have another, behind a condition.
        Group.Barrier();
        if (TTarget.SumsColumns && place.FirstRow >= place.EndRow)
        {
            ProductSide.PutColumns<TTile, TTarget>(target, place, shared);
            place.EndDepth = place.FirstDepth;
        }

        TSums sums = default;
        var buffer = 0;
        var depth = place.FirstDepth;
        while (depth < place.EndDepth)
        {
            depth += TTile.Depth;
            var nextLeft = ProductSide.Fetch<LeftSide<TTile>, TLeft>(left, placeLeft, place.EndRow, depth, place.EndDepth);
            var nextRight = ProductSide.Fetch<RightSide<TTile>, TRight>(right, placeRight, place.EndColumn, depth, place.EndDepth);
            placeLeft = ProductSide.Ahead<LeftSide<TTile>, TLeft>(left, placeLeft, depth + TTile.Depth);
            placeRight = ProductSide.Ahead<RightSide<TTile>, TRight>(right, placeRight, depth + TTile.Depth);
            var viewLeft = sharedLeft.SubView((buffer * LeftSide<TTile>.SharedFours) + y);
            var viewRight = sharedRight.SubView((buffer * RightSide<TTile>.SharedFours) + x);
            sums = Eight<TTile, TSums>(sums, viewLeft, viewRight, 0);
            if (TTile.Depth > 8)
            {
                sums = Eight<TTile, TSums>(sums, viewLeft, viewRight, 8);
            }

            buffer = 1 - buffer;
            if (depth < place.EndDepth)
            {
                ProductSide.Store<LeftSide<TTile>, TLeft>(nextLeft, placeLeft, sharedLeft.SubView(buffer * LeftSide<TTile>.SharedFours));
                ProductSide.Store<RightSide<TTile>, TRight>(nextRight, placeRight, sharedRight.SubView(buffer * RightSide<TTile>.SharedFours));
            }

            Group.Barrier();
        }

        TSums.Put(sums, target, place, place.FirstRow + (y * 4), place.FirstColumn + (x * 4), TTile.Rows / 2, TTile.Columns / 2);
    }

    private static TSums Eight<TTile, TSums>(TSums sums, ArrayView<Float4> left, ArrayView<Float4> right, int depth)
        where TTile : struct, IProductTile where TSums : struct, ILaneSums<TSums>
    {
        sums = Step<TTile, TSums>(sums, left, right, depth);
        sums = Step<TTile, TSums>(sums, left, right, depth + 1);
        sums = Step<TTile, TSums>(sums, left, right, depth + 2);
        sums = Step<TTile, TSums>(sums, left, right, depth + 3);
        sums = Step<TTile, TSums>(sums, left, right, depth + 4);
        sums = Step<TTile, TSums>(sums, left, right, depth + 5);
        sums = Step<TTile, TSums>(sums, left, right, depth + 6);
        return Step<TTile, TSums>(sums, left, right, depth + 7);
    }

    private static TSums Step<TTile, TSums>(TSums sums, ArrayView<Float4> left, ArrayView<Float4> right, int depth)
        where TTile : struct, IProductTile where TSums : struct, ILaneSums<TSums> =>
        TSums.Step(sums, left, right, depth * ((TTile.Rows / 4) + 1), depth * ((TTile.Columns / 4) + 1), TTile.Rows / 8, TTile.Columns / 8);
}
