using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>One factor's part of a tile.</summary>
internal interface IProductSide
{
    /// <summary>The tile's extent in the outer dimension.</summary>
    static abstract int Outer { get; }

    /// <summary>Terms of the sums in a step.</summary>
    static abstract int Depth { get; }

    /// <summary>Lanes that load it.</summary>
    static abstract int Lanes { get; }

    /// <summary>Loads of four floats that each lane makes in a step.</summary>
    static abstract int Fetches { get; }
}

/// <summary>The rows of a tile.</summary>
internal readonly struct LeftSide<TTile> : IProductSide where TTile : struct, IProductTile
{
    public static int Outer => TTile.Rows;

    public static int Depth => TTile.Depth;

    public static int Lanes => TTile.Lanes;

    public static int Fetches => TTile.Rows * TTile.Depth / (4 * TTile.Lanes);

    /// <summary>Shared memory of one buffer.</summary>
    public static int SharedFours => TTile.Depth * ((TTile.Rows / 4) + 1);
}

/// <summary>The columns of a tile.</summary>
internal readonly struct RightSide<TTile> : IProductSide where TTile : struct, IProductTile
{
    public static int Outer => TTile.Columns;

    public static int Depth => TTile.Depth;

    public static int Lanes => TTile.Lanes;

    public static int Fetches => TTile.Columns * TTile.Depth / (4 * TTile.Lanes);

    /// <summary>Shared memory of one buffer.</summary>
    public static int SharedFours => TTile.Depth * ((TTile.Columns / 4) + 1);
}

/// <summary>How a factor comes from memory into the registers of a group's lanes, and from there into shared memory.</summary>
internal static class ProductSide
{
    /// <summary>Where the rows begin that the lane will load, where it loads the same ones in every step.</summary>
    internal static void Start<TSide, TPanel>(TPanel panel, int firstOuter, int endOuter, ArrayView<int> starts)
        where TSide : struct, IProductSide where TPanel : struct, IProductPanel<TPanel>
    {
        if (TPanel.RunsAlongDepth)
        {
            for (var i = 0; i < TSide.Fetches; i++)
            {
                var outer = firstOuter + ((Group.IdxX + (i * TSide.Lanes)) / (TSide.Depth / 4));
                starts[i] = TPanel.Start(panel, KernelMath.Min(outer, endOuter - 1));
            }
        }
    }

    /// <summary>Loads the lane's share of a step, zeros beyond the edges.</summary>
    internal static void Fetch<TSide, TPanel>(TPanel panel, ArrayView<int> starts, int firstOuter, int endOuter, int firstDepth, int endDepth,
        ArrayView<Float4> next)
        where TSide : struct, IProductSide where TPanel : struct, IProductPanel<TPanel>
    {
        for (var i = 0; i < TSide.Fetches; i++)
        {
            var item = Group.IdxX + (i * TSide.Lanes);
            if (TPanel.RunsAlongDepth)
            {
                var outer = firstOuter + (item / (TSide.Depth / 4));
                var depth = firstDepth + (item % (TSide.Depth / 4) * 4);
                next[i] = TPanel.Fetch(panel, starts[i], depth, outer < endOuter ? endDepth - depth : 0);
            }
            else
            {
                var outer = firstOuter + (item % (TSide.Outer / 4) * 4);
                var depth = firstDepth + (item / (TSide.Outer / 4));
                var start = TPanel.Start(panel, KernelMath.Min(depth, endDepth - 1));
                next[i] = TPanel.Fetch(panel, start, outer, depth < endDepth ? endOuter - outer : 0);
            }
        }
    }

    /// <summary>Stores what the lane has loaded: depth by depth, the outer dimension side by side.</summary>
    internal static void Store<TSide, TPanel>(ArrayView<Float4> next, ArrayView<Float4> tile)
        where TSide : struct, IProductSide where TPanel : struct, IProductPanel<TPanel>
    {
        for (var i = 0; i < TSide.Fetches; i++)
        {
            var item = Group.IdxX + (i * TSide.Lanes);
            if (TPanel.RunsAlongDepth)
            {
                var at = (item / (TSide.Depth / 4)) + (item % (TSide.Depth / 4) * (4 * (TSide.Outer + 4)));
                tile.Cast<float>()[at] = next[i].X;
                tile.Cast<float>()[at + (TSide.Outer + 4)] = next[i].Y;
                tile.Cast<float>()[at + (2 * (TSide.Outer + 4))] = next[i].Z;
                tile.Cast<float>()[at + (3 * (TSide.Outer + 4))] = next[i].W;
            }
            else
            {
                tile[(item / (TSide.Outer / 4) * ((TSide.Outer / 4) + 1)) + (item % (TSide.Outer / 4))] = next[i];
            }
        }
    }

    /// <summary>
    /// The sums of the columns of a right factor that runs along them: the lanes share out the depth, each for four columns, and add up in
    /// shared memory, always in the same order.
    /// </summary>
    internal static void SumColumns<TTile, TPanel, TTarget>(TPanel panel, TTarget target, ProductPlace place, ArrayView<Float4> shared)
        where TTile : struct, IProductTile where TPanel : struct, IProductPanel<TPanel> where TTarget : struct, IProductTarget<TTarget>
    {
        var quad = Group.IdxX % (TTile.Columns / 4);
        var column = place.FirstColumn + (quad * 4);
        Float4 sum = default;
        for (var depth = place.FirstDepth + (Group.IdxX / (TTile.Columns / 4)); depth < place.EndDepth; depth += 4 * TTile.Lanes / TTile.Columns)
        {
            var four = TPanel.Fetch(panel, TPanel.Start(panel, depth), column, place.EndColumn - column);
            sum.X += four.X;
            sum.Y += four.Y;
            sum.Z += four.Z;
            sum.W += four.W;
        }

        shared[Group.IdxX] = sum;
        Group.Barrier();
        if (Group.IdxX < TTile.Columns && place.FirstColumn + Group.IdxX < place.EndColumn)
        {
            var total = 0f;
            for (var p = 0; p < 4 * TTile.Lanes / TTile.Columns; p++)
            {
                total += shared.Cast<float>()[Group.IdxX + (p * TTile.Columns)];
            }

            TTarget.PutColumn(target, place.FirstColumn + Group.IdxX, total);
        }
    }

    /// <summary>Adds the terms to four sums and hands over what of them lies inside the product.</summary>
    internal static void Put<TTarget>(TTarget target, ProductPlace place, int row, int column, Float4 sums, Float4 terms)
        where TTarget : struct, IProductTarget<TTarget>
    {
        sums.X += terms.X;
        sums.Y += terms.Y;
        sums.Z += terms.Z;
        sums.W += terms.W;
        var left = row < place.EndRow ? place.EndColumn - column : 0;
        if (TTarget.Vectors(target) != 0)
        {
            if (left > 0)
            {
                TTarget.PutFour(target, row, column, sums);
            }

            return;
        }

        if (left > 0)
        {
            TTarget.PutOne(target, row, column, sums.X);
        }

        if (left > 1)
        {
            TTarget.PutOne(target, row, column + 1, sums.Y);
        }

        if (left > 2)
        {
            TTarget.PutOne(target, row, column + 2, sums.Z);
        }

        if (left > 3)
        {
            TTarget.PutOne(target, row, column + 3, sums.W);
        }
    }
}
