using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A small tile of a product by a group whose lanes share out the depth in slices: slice s takes the terms 4 s to 4 s + 3 of every
/// 4 * slices, and the slices' sums are added in shared memory, always in the same order. For products whose few elements would leave most
/// of a device idle, and where one lane would have to add hundreds of terms one after the other. Only for targets without column sums.
/// </summary>
internal static class SplitProduct
{
    /// <summary>Sums one tile and hands it to the target.</summary>
    internal static void Run<TTile, TLeft, TRight, TTarget>(TLeft left, TRight right, TTarget target, ProductPlace place,
        ArrayView<Float4> shared)
        where TTile : struct, IProductTile
        where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight> where TTarget : struct, IProductTarget<TTarget>
    {
        var sums = LocalMemory.Allocate<float>(16);
        var column = place.FirstColumn + (Column<TTile>(Group.IdxX % SplitShape<TTile>.Quads) * 4);
        var terms = TTarget.Terms(target, column, place.EndColumn - column);
        AddSlice<TTile, TLeft, TRight>(left, right, place, sums);
        for (var i = 0; i < 4; i++)
        {
            shared[(i * (TTile.Lanes + 4)) + Group.IdxX] = new Float4
            {
                X = sums[4 * i],
                Y = sums[(4 * i) + 1],
                Z = sums[(4 * i) + 2],
                W = sums[(4 * i) + 3],
            };
        }

        Group.Barrier();
        AddPart<TTile>(shared);
        Group.Barrier();
        if (Group.IdxX < 4 * SplitShape<TTile>.Quads)
        {
            var row = place.FirstRow + (Row<TTile>(Group.IdxX % SplitShape<TTile>.Quads) * 4) + (Group.IdxX / SplitShape<TTile>.Quads);
            ProductSide.Put(target, place, row, column, Total<TTile>(shared), terms);
        }
    }

    /// <summary>Which quad of rows a quad of sums belongs to.</summary>
    private static int Row<TTile>(int quad) where TTile : struct, IProductTile => quad / (TTile.Columns / 4);

    /// <summary>Which quad of columns a quad of sums belongs to.</summary>
    private static int Column<TTile>(int quad) where TTile : struct, IProductTile => quad % (TTile.Columns / 4);

    /// <summary>The sums of the lane's slice, for its 4 rows and 4 columns.</summary>
    private static void AddSlice<TTile, TLeft, TRight>(TLeft left, TRight right, ProductPlace place, ArrayView<float> sums)
        where TTile : struct, IProductTile where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight>
    {
        var a = LocalMemory.Allocate<float>(16);
        var b = LocalMemory.Allocate<float>(16);
        var nextA = LocalMemory.Allocate<float>(16);
        var nextB = LocalMemory.Allocate<float>(16);
        var startsLeft = LocalMemory.Allocate<int>(4);
        var startsRight = LocalMemory.Allocate<int>(4);
        for (var i = 0; i < 16; i++)
        {
            sums[i] = 0f;
        }

        var row = place.FirstRow + (Row<TTile>(Group.IdxX % SplitShape<TTile>.Quads) * 4);
        var column = place.FirstColumn + (Column<TTile>(Group.IdxX % SplitShape<TTile>.Quads) * 4);
        Start(left, row, place.EndRow, startsLeft);
        Start(right, column, place.EndColumn, startsRight);
        var first = place.FirstDepth + (Group.IdxX / SplitShape<TTile>.Quads * 4);
        Fetch(left, startsLeft, row, place.EndRow, first, place.EndDepth, nextA);
        Fetch(right, startsRight, column, place.EndColumn, first, place.EndDepth, nextB);
        for (var depth = first; depth < place.EndDepth; depth += SplitShape<TTile>.Slices * 4)
        {
            for (var i = 0; i < 16; i++)
            {
                a[i] = nextA[i];
                b[i] = nextB[i];
            }

            // The next loads are under way while this step is computed; beyond the depth nothing is read.
            Fetch(left, startsLeft, row, place.EndRow, depth + (SplitShape<TTile>.Slices * 4), place.EndDepth, nextA);
            Fetch(right, startsRight, column, place.EndColumn, depth + (SplitShape<TTile>.Slices * 4), place.EndDepth, nextB);
            Multiply(a, b, sums);
        }
    }

    /// <summary>sums += the product of 4 steps of the depth.</summary>
    private static void Multiply(ArrayView<float> a, ArrayView<float> b, ArrayView<float> sums)
    {
        for (var d = 0; d < 4; d++)
        {
            for (var i = 0; i < 4; i++)
            {
                for (var j = 0; j < 4; j++)
                {
                    sums[(i * 4) + j] = KernelMath.Fma(a[(d * 4) + i], b[(d * 4) + j], sums[(i * 4) + j]);
                }
            }
        }
    }

    private static void Start<TPanel>(TPanel panel, int firstOuter, int endOuter, ArrayView<int> starts)
        where TPanel : struct, IProductPanel<TPanel>
    {
        if (TPanel.RunsAlongDepth)
        {
            for (var i = 0; i < 4; i++)
            {
                starts[i] = TPanel.Start(panel, KernelMath.Min(firstOuter + i, endOuter - 1));
            }
        }
    }

    /// <summary>Four by four elements of a factor, one term of the sums after the other, zeros beyond the edges.</summary>
    private static void Fetch<TPanel>(TPanel panel, ArrayView<int> starts, int outer, int endOuter, int depth, int endDepth, ArrayView<float> block)
        where TPanel : struct, IProductPanel<TPanel>
    {
        for (var i = 0; i < 4; i++)
        {
            if (TPanel.RunsAlongDepth)
            {
                var four = TPanel.Fetch(panel, starts[i], depth, outer + i < endOuter ? endDepth - depth : 0);
                block[i] = four.X;
                block[4 + i] = four.Y;
                block[8 + i] = four.Z;
                block[12 + i] = four.W;
            }
            else
            {
                var start = TPanel.Start(panel, KernelMath.Min(depth + i, endDepth - 1));
                var four = TPanel.Fetch(panel, start, outer, depth + i < endDepth ? endOuter - outer : 0);
                block[4 * i] = four.X;
                block[(4 * i) + 1] = four.Y;
                block[(4 * i) + 2] = four.Z;
                block[(4 * i) + 3] = four.W;
            }
        }
    }

    /// <summary>One sum over a part of the slices, put where the first of them was: no other lane reads there.</summary>
    private static void AddPart<TTile>(ArrayView<Float4> shared) where TTile : struct, IProductTile
    {
        var element = Group.IdxX % (TTile.Rows * TTile.Columns);
        var part = Group.IdxX / (TTile.Rows * TTile.Columns);
        var at = (element / (TTile.Rows * TTile.Columns / 4) * (4 * (TTile.Lanes + 4)))
            + (part * (SplitShape<TTile>.PartSlices * SplitShape<TTile>.Quads * 4)) + (element % (TTile.Rows * TTile.Columns / 4));
        var sum = 0f;
        for (var s = 0; s < SplitShape<TTile>.PartSlices; s++)
        {
            sum += shared.Cast<float>()[at + (s * (SplitShape<TTile>.Quads * 4))];
        }

        shared.Cast<float>()[at] = sum;
    }

    /// <summary>Four sums over all parts.</summary>
    private static Float4 Total<TTile>(ArrayView<Float4> shared) where TTile : struct, IProductTile
    {
        var at = (Group.IdxX / SplitShape<TTile>.Quads * (TTile.Lanes + 4)) + (Group.IdxX % SplitShape<TTile>.Quads);
        var total = shared[at];
        for (var p = 1; p < TTile.Lanes / (TTile.Rows * TTile.Columns); p++)
        {
            var part = shared[at + (p * (SplitShape<TTile>.PartSlices * SplitShape<TTile>.Quads))];
            total.X += part.X;
            total.Y += part.Y;
            total.Z += part.Z;
            total.W += part.W;
        }

        return total;
    }
}

/// <summary>How a tile's lanes share out the depth.</summary>
internal readonly struct SplitShape<TTile> where TTile : struct, IProductTile
{
    /// <summary>Lanes of a slice: blocks of 4 x 4 sums.</summary>
    public static int Quads => TTile.Rows * TTile.Columns / 16;

    /// <summary>Slices of the depth.</summary>
    public static int Slices => TTile.Lanes / Quads;

    /// <summary>Slices that a lane adds in the first step.</summary>
    public static int PartSlices => Slices * TTile.Rows * TTile.Columns / TTile.Lanes;
}
