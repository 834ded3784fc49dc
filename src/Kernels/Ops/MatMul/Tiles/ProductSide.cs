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

    /// <summary>Whether a lane loads two fours in a step, not one.</summary>
    static abstract bool HasSecond { get; }

    /// <summary>Shared memory of one buffer.</summary>
    static abstract int SharedFours { get; }
}

/// <summary>The rows of a tile.</summary>
internal readonly struct LeftSide<TTile> : IProductSide where TTile : struct, IProductTile
{
    public static int Outer => TTile.Rows;

    public static int Depth => TTile.Depth;

    public static int Lanes => TTile.Lanes;

    public static bool HasSecond => TTile.Rows * TTile.Depth > 4 * TTile.Lanes;

    public static int SharedFours => TTile.Depth * ((TTile.Rows / 4) + 1);
}

/// <summary>The columns of a tile.</summary>
internal readonly struct RightSide<TTile> : IProductSide where TTile : struct, IProductTile
{
    public static int Outer => TTile.Columns;

    public static int Depth => TTile.Depth;

    public static int Lanes => TTile.Lanes;

    public static bool HasSecond => TTile.Columns * TTile.Depth > 4 * TTile.Lanes;

    public static int SharedFours => TTile.Depth * ((TTile.Columns / 4) + 1);
}

/// <summary>What a lane loads of a factor in a step: one four, and in tiles of 64 lanes a second.</summary>
internal struct LaneLoad
{
    internal Float4 First;
    internal Float4 Second;
}

/// <summary>Where a lane loads its share of a factor, the same in every step.</summary>
internal struct LanePlace
{
    /// <summary>The factor's row or column of the first four.</summary>
    internal int Outer;

    /// <summary>The first four's term, counted from the step's first.</summary>
    internal int Depth;

    /// <summary>Where the first four's row of memory begins, where rows run along the depth.</summary>
    internal int First;

    /// <summary>Where the second four's does.</summary>
    internal int Second;

    /// <summary>Where in shared memory the first four goes: in floats where rows run along the depth, else in fours.</summary>
    internal int Shared;
}

/// <summary>How a factor comes from memory into the registers of a group's lanes, and from there into shared memory.</summary>
internal static class ProductSide
{
    /// <summary>The lane's place.</summary>
    internal static LanePlace Place<TSide, TPanel>(TPanel panel, int firstOuter, int endOuter)
        where TSide : struct, IProductSide where TPanel : struct, IProductPanel<TPanel>
    {
        if (TPanel.RunsAlongDepth)
        {
            var (row, depth) = (Group.IdxX / (TSide.Depth / 4), Group.IdxX % (TSide.Depth / 4) * 4);
            return new LanePlace
            {
                Outer = firstOuter + row,
                Depth = depth,
                First = TPanel.Start(panel, KernelMath.Min(firstOuter + row, endOuter - 1)),
                Second = TPanel.Start(panel, KernelMath.Min(firstOuter + row + (4 * TSide.Lanes / TSide.Depth), endOuter - 1)),
                Shared = (depth * (TSide.Outer + 4)) + row,
            };
        }

        var (term, quad) = (Group.IdxX / (TSide.Outer / 4), Group.IdxX % (TSide.Outer / 4));
        return new LanePlace
        {
            Outer = Inside<TPanel>(firstOuter + (quad * 4), endOuter),
            Depth = term,
            Shared = (term * ((TSide.Outer / 4) + 1)) + quad,
        };
    }

    /// <summary>A quad that all lanes can load: what they sum beyond the edges is never stored. Where quads cross the edge they stay.</summary>
    internal static int Inside<TPanel>(int outer, int endOuter) where TPanel : struct, IProductPanel<TPanel> =>
        TPanel.IsWide ? KernelMath.Min(outer, endOuter - 4) : outer;

    /// <summary>Loads the lane's share of the step from <paramref name="depth"/> on, zeros beyond the depth.</summary>
    internal static LaneLoad Fetch<TSide, TPanel>(TPanel panel, LanePlace lane, int endOuter, int depth, int endDepth)
        where TSide : struct, IProductSide where TPanel : struct, IProductPanel<TPanel>
    {
        depth += lane.Depth;
        if (TPanel.RunsAlongDepth)
        {
            return new LaneLoad
            {
                First = TPanel.Fetch(panel, lane.First, depth, endDepth - depth),
                Second = TSide.HasSecond ? TPanel.Fetch(panel, lane.Second, depth, endDepth - depth) : default,
            };
        }

        return new LaneLoad
        {
            First = FetchTerm(panel, lane.Outer, endOuter, depth, endDepth),
            Second = TSide.HasSecond ? FetchTerm(panel, lane.Outer, endOuter, depth + (4 * TSide.Lanes / TSide.Outer), endDepth) : default,
        };
    }

    /// <summary>Stores what the lane has loaded: term by term, the outer dimension side by side.</summary>
    internal static void Store<TSide, TPanel>(LaneLoad load, LanePlace lane, ArrayView<Float4> shared)
        where TSide : struct, IProductSide where TPanel : struct, IProductPanel<TPanel>
    {
        if (TPanel.RunsAlongDepth)
        {
            var floats = shared.Cast<float>().SubView(lane.Shared);
            Turn<TSide>(load.First, floats);
            if (TSide.HasSecond)
            {
                Turn<TSide>(load.Second, floats.SubView(4 * TSide.Lanes / TSide.Depth));
            }
        }
        else
        {
            var fours = shared.SubView(lane.Shared);
            fours[0] = load.First;
            if (TSide.HasSecond)
            {
                fours[4 * TSide.Lanes / TSide.Outer * ((TSide.Outer / 4) + 1)] = load.Second;
            }
        }
    }

    /// <summary>Four elements of one term's row, where rows run along the outer dimension; zeros beyond the depth.</summary>
    internal static Float4 FetchTerm<TPanel>(TPanel panel, int outer, int endOuter, int term, int endDepth)
        where TPanel : struct, IProductPanel<TPanel> =>
        TPanel.Fetch(panel, TPanel.Start(panel, term), outer, term < endDepth ? TPanel.IsWide ? 4 : endOuter - outer : 0);

    /// <summary>The lane's share of the sums of a right factor's columns, which it runs along: the lanes share out the depth, each for four columns.</summary>
    internal static Float4 SumColumns<TTile, TPanel>(TPanel panel, ProductPlace place)
        where TTile : struct, IProductTile where TPanel : struct, IProductPanel<TPanel>
    {
        var column = place.FirstColumn + (Group.IdxX % (TTile.Columns / 4) * 4);
        Float4 sum = default;
        for (var depth = place.FirstDepth + (Group.IdxX / (TTile.Columns / 4)); depth < place.EndDepth; depth += 4 * TTile.Lanes / TTile.Columns)
        {
            sum = Add(sum, TPanel.Fetch(panel, TPanel.Start(panel, depth), column, place.EndColumn - column));
        }

        return sum;
    }

    /// <summary>Adds the lanes' shares, always in the same order, and hands the sums over.</summary>
    internal static void PutColumns<TTile, TTarget>(TTarget target, ProductPlace place, ArrayView<Float4> shared)
        where TTile : struct, IProductTile where TTarget : struct, IProductTarget<TTarget>
    {
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
        where TTarget : struct, IProductTarget<TTarget> =>
        TTarget.Put(target, row, column, row < place.EndRow ? place.EndColumn - column : 0, Add(sums, terms));

    /// <summary>Sums side by side.</summary>
    internal static Float4 Add(Float4 a, Float4 b) => new() { X = a.X + b.X, Y = a.Y + b.Y, Z = a.Z + b.Z, W = a.W + b.W };

    private static void Turn<TSide>(Float4 four, ArrayView<float> floats) where TSide : struct, IProductSide
    {
        floats[0] = four.X;
        floats[TSide.Outer + 4] = four.Y;
        floats[2 * (TSide.Outer + 4)] = four.Z;
        floats[3 * (TSide.Outer + 4)] = four.W;
    }
}
