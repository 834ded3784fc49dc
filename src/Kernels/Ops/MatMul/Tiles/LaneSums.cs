using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>The sums of a lane, as named fields of structs that pass by value: so they stay in registers.</summary>
/// <typeparam name="TSelf">The struct itself.</typeparam>
public interface ILaneSums<TSelf> where TSelf : struct
{
    /// <summary>Quads of rows, and as many of columns; half a tile apart where they are two.</summary>
    static abstract int Quads { get; }

    /// <summary>Adds one term to each sum: views of the lane's first quad of rows and of columns, and where their second one is.</summary>
    static abstract TSelf Step(TSelf sums, ArrayView<Float4> left, ArrayView<Float4> right, int atLeft, int atRight, int secondLeft, int secondRight);

    /// <summary>Hands the sums over: from the lane's first row and column on.</summary>
    static abstract void Put<TTarget>(TSelf sums, TTarget target, ProductPlace place, int row, int column, int secondRow, int secondColumn)
        where TTarget : struct, IProductTarget<TTarget>;
}

/// <summary>4 x 4 sums: a multiply-add for each by two loads of four.</summary>
public struct Quad : ILaneSums<Quad>
{
    internal Float4 R0;
    internal Float4 R1;
    internal Float4 R2;
    internal Float4 R3;

    /// <inheritdoc/>
    public static int Quads => 1;

    /// <summary>Adds the products of four rows and four columns.</summary>
    internal static Quad Add(Quad sums, Float4 left, Float4 right)
    {
        sums.R0 = AddRow(sums.R0, left.X, right);
        sums.R1 = AddRow(sums.R1, left.Y, right);
        sums.R2 = AddRow(sums.R2, left.Z, right);
        sums.R3 = AddRow(sums.R3, left.W, right);
        return sums;
    }

    /// <inheritdoc/>
    public static Quad Step(Quad sums, ArrayView<Float4> left, ArrayView<Float4> right, int atLeft, int atRight, int secondLeft, int secondRight) =>
        Add(sums, left[atLeft], right[atRight]);

    /// <inheritdoc/>
    public static void Put<TTarget>(Quad sums, TTarget target, ProductPlace place, int row, int column, int secondRow, int secondColumn)
        where TTarget : struct, IProductTarget<TTarget> =>
        Put(sums, target, place, row, column, Read(target, place, row, column), TTarget.Terms(target, column, place.EndColumn - column));

    /// <summary>What the target needs of four rows.</summary>
    internal static Quad Read<TTarget>(TTarget target, ProductPlace place, int row, int column) where TTarget : struct, IProductTarget<TTarget> => new()
    {
        R0 = ProductSide.Read(target, place, row, column),
        R1 = ProductSide.Read(target, place, row + 1, column),
        R2 = ProductSide.Read(target, place, row + 2, column),
        R3 = ProductSide.Read(target, place, row + 3, column),
    };

    internal static void Put<TTarget>(Quad sums, TTarget target, ProductPlace place, int row, int column, Quad read, Float4 terms)
        where TTarget : struct, IProductTarget<TTarget>
    {
        ProductSide.Put(target, place, row, column, read.R0, sums.R0, terms);
        ProductSide.Put(target, place, row + 1, column, read.R1, sums.R1, terms);
        ProductSide.Put(target, place, row + 2, column, read.R2, sums.R2, terms);
        ProductSide.Put(target, place, row + 3, column, read.R3, sums.R3, terms);
    }

    private static Float4 AddRow(Float4 sums, float left, Float4 right)
    {
        sums.X = KernelMath.Fma(left, right.X, sums.X);
        sums.Y = KernelMath.Fma(left, right.Y, sums.Y);
        sums.Z = KernelMath.Fma(left, right.Z, sums.Z);
        sums.W = KernelMath.Fma(left, right.W, sums.W);
        return sums;
    }
}

/// <summary>8 x 8 sums, as four quads: 64 multiply-adds by four loads of four.</summary>
public struct FourQuads : ILaneSums<FourQuads>
{
    internal Quad TopLeft;
    internal Quad TopRight;
    internal Quad BottomLeft;
    internal Quad BottomRight;

    /// <inheritdoc/>
    public static int Quads => 2;

    /// <inheritdoc/>
    public static FourQuads Step(FourQuads sums, ArrayView<Float4> left, ArrayView<Float4> right, int atLeft, int atRight, int secondLeft,
        int secondRight)
    {
        var (top, bottom) = (left[atLeft], left[atLeft + secondLeft]);
        var (first, second) = (right[atRight], right[atRight + secondRight]);
        sums.TopLeft = Quad.Add(sums.TopLeft, top, first);
        sums.TopRight = Quad.Add(sums.TopRight, top, second);
        sums.BottomLeft = Quad.Add(sums.BottomLeft, bottom, first);
        sums.BottomRight = Quad.Add(sums.BottomRight, bottom, second);
        return sums;
    }

    /// <inheritdoc/>
    public static void Put<TTarget>(FourQuads sums, TTarget target, ProductPlace place, int row, int column, int secondRow, int secondColumn)
        where TTarget : struct, IProductTarget<TTarget>
    {
        PutHalf(sums.TopLeft, sums.BottomLeft, target, place, row, column, secondRow);
        PutHalf(sums.TopRight, sums.BottomRight, target, place, row, column + secondColumn, secondRow);
    }

    /// <summary>What the target needs of all eight rows is read first: a read behind a store waits for it, in case that it is the same place.</summary>
    private static void PutHalf<TTarget>(Quad top, Quad bottom, TTarget target, ProductPlace place, int row, int column, int secondRow)
        where TTarget : struct, IProductTarget<TTarget>
    {
        var terms = TTarget.Terms(target, column, place.EndColumn - column);
        var readTop = Quad.Read(target, place, row, column);
        var readBottom = Quad.Read(target, place, row + secondRow, column);
        Quad.Put(top, target, place, row, column, readTop, terms);
        Quad.Put(bottom, target, place, row + secondRow, column, readBottom, terms);
    }
}
