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

/// <summary>Where a lane loads its share of a factor: the same in every step, but for starts that are read from memory.</summary>
internal struct LanePlace
{
    /// <summary>The factor's row or column of the first four.</summary>
    internal int Outer;

    /// <summary>The first four's term, counted from the step's first.</summary>
    internal int Depth;

    /// <summary>Where the first four's row of memory begins, where rows run along the depth or their starts are read.</summary>
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

    /// <summary>The place with the starts of the step from <paramref name="depth"/> on, where they are read from memory and differ from step to step.</summary>
    internal static LanePlace Ahead<TSide, TPanel>(TPanel panel, LanePlace lane, int depth)
        where TSide : struct, IProductSide where TPanel : struct, IProductPanel<TPanel>
    {
        if (TPanel.ReadsStarts && !TPanel.RunsAlongDepth)
        {
            lane.First = TPanel.Start(panel, depth + lane.Depth);
            lane.Second = TSide.HasSecond ? TPanel.Start(panel, depth + lane.Depth + (4 * TSide.Lanes / TSide.Outer)) : 0;
        }

        return lane;
    }

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

        var second = depth + (4 * TSide.Lanes / TSide.Outer);
        return new LaneLoad
        {
            First = FetchTerm(panel, TPanel.ReadsStarts ? lane.First : TPanel.Start(panel, depth), lane.Outer, endOuter, depth, endDepth),
            Second = TSide.HasSecond
                ? FetchTerm(panel, TPanel.ReadsStarts ? lane.Second : TPanel.Start(panel, second), lane.Outer, endOuter, second, endDepth)
                : default,
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
    internal static Float4 FetchTerm<TPanel>(TPanel panel, int start, int outer, int endOuter, int term, int endDepth)
        where TPanel : struct, IProductPanel<TPanel> =>
        TPanel.Fetch(panel, start, outer, term < endDepth ? TPanel.IsWide ? 4 : endOuter - outer : 0);

    /// <summary>The lane's share of the sums of a right factor's columns, which it runs along: the lanes share out the depth, each for four columns.</summary>
    internal static Float4 SumColumns<TTile, TPanel>(TPanel panel, ProductPlace place)
        where TTile : struct, IProductTile where TPanel : struct, IProductPanel<TPanel>
    {
        var column = place.FirstColumn + (Group.IdxX % (TTile.Columns / 4) * 4);
        Float4 sum = default;
        for (var depth = place.FirstDepth + (Group.IdxX / (TTile.Columns / 4)); depth < place.EndDepth; depth += 8 * (4 * TTile.Lanes / TTile.Columns))
        {
            // The loads of eight rows are on their way before the first is needed; zeros beyond the depth change no sum that began at zero.
            var first = FourRows<TTile, TPanel>(panel, place, column, depth);
            var second = FourRows<TTile, TPanel>(panel, place, column, depth + (4 * (4 * TTile.Lanes / TTile.Columns)));
            sum = Add(Add(Add(Add(sum, first.R0), first.R1), first.R2), first.R3);
            sum = Add(Add(Add(Add(sum, second.R0), second.R1), second.R2), second.R3);
        }

        return sum;
    }

    /// <summary>Four columns of four rows of a right factor, as far apart as the lanes that share out its rows.</summary>
    private static Quad FourRows<TTile, TPanel>(TPanel panel, ProductPlace place, int column, int depth)
        where TTile : struct, IProductTile where TPanel : struct, IProductPanel<TPanel> => new()
        {
            R0 = Row(panel, place, column, depth),
            R1 = Row(panel, place, column, depth + (4 * TTile.Lanes / TTile.Columns)),
            R2 = Row(panel, place, column, depth + (2 * (4 * TTile.Lanes / TTile.Columns))),
            R3 = Row(panel, place, column, depth + (3 * (4 * TTile.Lanes / TTile.Columns))),
        };

    private static Float4 Row<TPanel>(TPanel panel, ProductPlace place, int column, int depth) where TPanel : struct, IProductPanel<TPanel> =>
        TPanel.Fetch(panel, TPanel.Start(panel, depth), column, depth < place.EndDepth ? place.EndColumn - column : 0);

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

    /// <summary>What the target needs of four elements, as far as they lie inside the product.</summary>
    internal static Float4 Read<TTarget>(TTarget target, ProductPlace place, int row, int column) where TTarget : struct, IProductTarget<TTarget> =>
        TTarget.Read(target, row, column, row < place.EndRow ? place.EndColumn - column : 0);

    /// <summary>Adds the terms to four sums and hands over what of them lies inside the product.</summary>
    internal static void Put<TTarget>(TTarget target, ProductPlace place, int row, int column, Float4 read, Float4 sums, Float4 terms)
        where TTarget : struct, IProductTarget<TTarget> =>
        TTarget.Put(target, row, column, row < place.EndRow ? place.EndColumn - column : 0, read, Add(sums, terms));

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
