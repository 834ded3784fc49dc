namespace Gpu.Kernels.Ops;

/// <summary>A way for a group of lanes to make a tile of a product, as a type: a kernel takes it as an argument, so that all sizes are constants.</summary>
public interface IProductTile
{
    /// <summary>Rows of the tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of the tile.</summary>
    static abstract int Columns { get; }

    /// <summary>Terms of the sums that a group loads at once; of those that a lane does where lanes share out the depth.</summary>
    static abstract int Depth { get; }

    /// <summary>Lanes of a group, in one dimension.</summary>
    static abstract int Lanes { get; }

    /// <summary>Shared memory of a group, in <see cref="Float4"/>.</summary>
    static abstract int SharedFours { get; }

    /// <summary>Makes the tile of the group that runs: the sums over the depth from first to end, not included.</summary>
    static abstract void Run<TLeft, TRight, TTarget>(TLeft left, TRight right, TTarget target, ProductPlace place)
        where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight> where TTarget : struct, IProductTarget<TTarget>;
}

/// <summary>Where a group's tile lies in its product, and which part of the depth it sums.</summary>
public struct ProductPlace
{
    internal int FirstRow;
    internal int EndRow;
    internal int FirstColumn;
    internal int EndColumn;
    internal int FirstDepth;
    internal int EndDepth;
}

/// <summary>128 x 128 by 256 lanes, 8 x 8 sums each: 64 multiply-adds for 4 loads of shared memory.</summary>
internal readonly struct Tile128 : IProductTile
{
    public static int Rows => 128;

    public static int Columns => 128;

    public static int Depth => 8;

    public static int Lanes => 256;

    public static int SharedFours => 2 * Depth * ((Rows / 4) + (Columns / 4) + 2);

    public static void Run<TLeft, TRight, TTarget>(TLeft left, TRight right, TTarget target, ProductPlace place)
        where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight> where TTarget : struct, IProductTarget<TTarget> =>
        RegisterProduct.Run<Tile128, FourQuads, TLeft, TRight, TTarget>(left, right, target, place);
}

/// <summary>64 x 64 by 256 lanes, 4 x 4 sums each: four times as many groups, 16 multiply-adds for 2 loads of shared memory.</summary>
internal readonly struct Tile64 : IProductTile
{
    public static int Rows => 64;

    public static int Columns => 64;

    public static int Depth => 16;

    public static int Lanes => 256;

    public static int SharedFours => 2 * Depth * ((Rows / 4) + (Columns / 4) + 2);

    public static void Run<TLeft, TRight, TTarget>(TLeft left, TRight right, TTarget target, ProductPlace place)
        where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight> where TTarget : struct, IProductTarget<TTarget> =>
        RegisterProduct.Run<Tile64, Quad, TLeft, TRight, TTarget>(left, right, target, place);
}

/// <summary>64 x 64 by 64 lanes, 8 x 8 sums each: as many groups as <see cref="Tile64"/>, with the loads a sum of <see cref="Tile128"/>.</summary>
internal readonly struct Tile64Dense : IProductTile
{
    public static int Rows => 64;

    public static int Columns => 64;

    public static int Depth => 8;

    public static int Lanes => 64;

    public static int SharedFours => 2 * Depth * ((Rows / 4) + (Columns / 4) + 2);

    public static void Run<TLeft, TRight, TTarget>(TLeft left, TRight right, TTarget target, ProductPlace place)
        where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight> where TTarget : struct, IProductTarget<TTarget> =>
        RegisterProduct.Run<Tile64Dense, FourQuads, TLeft, TRight, TTarget>(left, right, target, place);
}

/// <summary>32 x 32 by 64 lanes, 4 x 4 sums each: for few rows, as in a batch of 32.</summary>
internal readonly struct Tile32 : IProductTile
{
    public static int Rows => 32;

    public static int Columns => 32;

    public static int Depth => 16;

    public static int Lanes => 64;

    public static int SharedFours => 2 * Depth * ((Rows / 4) + (Columns / 4) + 2);

    public static void Run<TLeft, TRight, TTarget>(TLeft left, TRight right, TTarget target, ProductPlace place)
        where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight> where TTarget : struct, IProductTarget<TTarget> =>
        RegisterProduct.Run<Tile32, Quad, TLeft, TRight, TTarget>(left, right, target, place);
}

/// <summary>8 x 8 by 256 lanes: 64 slices of the depth, 4 x 4 sums a lane.</summary>
internal readonly struct Split256 : IProductTile
{
    public static int Rows => 8;

    public static int Columns => 8;

    public static int Depth => 4;

    public static int Lanes => 256;

    public static int SharedFours => 4 * (Lanes + 4);

    public static void Run<TLeft, TRight, TTarget>(TLeft left, TRight right, TTarget target, ProductPlace place)
        where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight> where TTarget : struct, IProductTarget<TTarget> =>
        SplitProduct.Run<Split256, TLeft, TRight, TTarget>(left, right, target, place);
}

/// <summary>8 x 8 by 64 lanes: 16 slices of the depth, 4 x 4 sums a lane.</summary>
internal readonly struct Split64 : IProductTile
{
    public static int Rows => 8;

    public static int Columns => 8;

    public static int Depth => 4;

    public static int Lanes => 64;

    public static int SharedFours => 4 * (Lanes + 4);

    public static void Run<TLeft, TRight, TTarget>(TLeft left, TRight right, TTarget target, ProductPlace place)
        where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight> where TTarget : struct, IProductTarget<TTarget> =>
        SplitProduct.Run<Split64, TLeft, TRight, TTarget>(left, right, target, place);
}
