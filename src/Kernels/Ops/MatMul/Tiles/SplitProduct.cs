using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A small tile of a product by a group whose lanes share out the depth in slices: slice s takes the terms 4 s to 4 s + 3 of every
/// 4 * slices, and the slices' sums are added in shared memory, always in the same order. For products whose few elements would leave most
/// of a device idle, and where one lane would have to add hundreds of terms one after the other. Only for targets without column sums.
/// </summary>
internal static class SplitProduct
{
    /// <summary>Slices that a lane adds in the first step of adding: a tile has 64 sums, and 16 slices to each 64 lanes.</summary>
    private const int PartSlices = 16;

    /// <summary>Lanes of a slice: a tile is two quads wide and two high.</summary>
    private const int Quads = 4;

    /// <summary>Sums one tile and hands it to the target.</summary>
    internal static void Run<TTile, TLeft, TRight, TTarget>(TLeft left, TRight right, TTarget target, ProductPlace place)
        where TTile : struct, IProductTile
        where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight> where TTarget : struct, IProductTarget<TTarget>
    {
        var row = place.FirstRow + (Group.IdxX % Quads / 2 * 4);
        var column = place.FirstColumn + (Group.IdxX % 2 * 4);
        var terms = TTarget.Terms(target, column, place.EndColumn - column);
        var sums = Slice<TTile, TLeft, TRight>(left, right, place, row, column);
        var shared = SharedMemory.Allocate<Float4>(TTile.SharedFours);
        var own = shared.SubView(Group.IdxX);
        own[0] = sums.R0;
        own[TTile.Lanes + 4] = sums.R1;
        own[2 * (TTile.Lanes + 4)] = sums.R2;
        own[3 * (TTile.Lanes + 4)] = sums.R3;
        Group.Barrier();
        AddPart<TTile>(shared);
        Group.Barrier();
        if (Group.IdxX < 4 * Quads)
        {
            row += Group.IdxX / Quads;
            ProductSide.Put(target, place, row, column, ProductSide.Read(target, place, row, column), Total<TTile>(shared), terms);
        }
    }

    /// <summary>The sums of the lane's slice, for its 4 rows and 4 columns.</summary>
    private static Quad Slice<TTile, TLeft, TRight>(TLeft left, TRight right, ProductPlace place, int row, int column)
        where TTile : struct, IProductTile where TLeft : struct, IProductPanel<TLeft> where TRight : struct, IProductPanel<TRight>
    {
        var startsLeft = Starts(left, row, place.EndRow);
        var startsRight = Starts(right, column, place.EndColumn);
        var depth = place.FirstDepth + (Group.IdxX / Quads * 4);
        var nextLeft = Fetch(left, startsLeft, row, place.EndRow, depth, place.EndDepth);
        var nextRight = Fetch(right, startsRight, column, place.EndColumn, depth, place.EndDepth);
        Quad sums = default;
        do
        {
            // The next loads are under way while this step is computed; beyond the depth nothing is read and zeros are added.
            var (a, b) = (nextLeft, nextRight);
            depth += TTile.Lanes / Quads * 4;
            nextLeft = Fetch(left, startsLeft, row, place.EndRow, depth, place.EndDepth);
            nextRight = Fetch(right, startsRight, column, place.EndColumn, depth, place.EndDepth);
            sums = Quad.Add(sums, a.R0, b.R0);
            sums = Quad.Add(sums, a.R1, b.R1);
            sums = Quad.Add(sums, a.R2, b.R2);
            sums = Quad.Add(sums, a.R3, b.R3);
        }
        while (depth < place.EndDepth);

        return sums;
    }

    private static FourStarts Starts<TPanel>(TPanel panel, int outer, int endOuter) where TPanel : struct, IProductPanel<TPanel>
    {
        if (!TPanel.RunsAlongDepth)
        {
            return default;
        }

        return new FourStarts
        {
            S0 = TPanel.Start(panel, KernelMath.Min(outer, endOuter - 1)),
            S1 = TPanel.Start(panel, KernelMath.Min(outer + 1, endOuter - 1)),
            S2 = TPanel.Start(panel, KernelMath.Min(outer + 2, endOuter - 1)),
            S3 = TPanel.Start(panel, KernelMath.Min(outer + 3, endOuter - 1)),
        };
    }

    /// <summary>Four by four elements of a factor, one term of the sums after the other, zeros beyond the edges.</summary>
    private static Quad Fetch<TPanel>(TPanel panel, FourStarts starts, int outer, int endOuter, int depth, int endDepth)
        where TPanel : struct, IProductPanel<TPanel>
    {
        if (TPanel.RunsAlongDepth)
        {
            var left = endDepth - depth;
            return Turned(TPanel.Fetch(panel, starts.S0, depth, left), TPanel.Fetch(panel, starts.S1, depth, left),
                TPanel.Fetch(panel, starts.S2, depth, left), TPanel.Fetch(panel, starts.S3, depth, left));
        }

        outer = ProductSide.Inside<TPanel>(outer, endOuter);
        return new Quad
        {
            R0 = ProductSide.FetchTerm(panel, TPanel.Start(panel, depth), outer, endOuter, depth, endDepth),
            R1 = ProductSide.FetchTerm(panel, TPanel.Start(panel, depth + 1), outer, endOuter, depth + 1, endDepth),
            R2 = ProductSide.FetchTerm(panel, TPanel.Start(panel, depth + 2), outer, endOuter, depth + 2, endDepth),
            R3 = ProductSide.FetchTerm(panel, TPanel.Start(panel, depth + 3), outer, endOuter, depth + 3, endDepth),
        };
    }

    private static Quad Turned(Float4 a, Float4 b, Float4 c, Float4 d) => new()
    {
        R0 = new Float4 { X = a.X, Y = b.X, Z = c.X, W = d.X },
        R1 = new Float4 { X = a.Y, Y = b.Y, Z = c.Y, W = d.Y },
        R2 = new Float4 { X = a.Z, Y = b.Z, Z = c.Z, W = d.Z },
        R3 = new Float4 { X = a.W, Y = b.W, Z = c.W, W = d.W },
    };

    /// <summary>One sum over a part of the slices, put where the first of them was: no other lane reads there.</summary>
    private static void AddPart<TTile>(ArrayView<Float4> shared) where TTile : struct, IProductTile
    {
        var element = Group.IdxX % 64;
        var at = (element / 16 * (4 * (TTile.Lanes + 4))) + (Group.IdxX / 64 * (PartSlices * Quads * 4)) + (element % 16);
        var slices = shared.Cast<float>().SubView(at);
        slices[0] = AddFour(slices, AddFour(slices, AddFour(slices, AddFour(slices, 0f, 0), 4), 8), 12);
    }

    private static float AddFour(ArrayView<float> slices, float sum, int slice) =>
        sum + slices[slice * (4 * Quads)] + slices[(slice + 1) * (4 * Quads)] + slices[(slice + 2) * (4 * Quads)] + slices[(slice + 3) * (4 * Quads)];

    /// <summary>Four sums over all parts.</summary>
    private static Float4 Total<TTile>(ArrayView<Float4> shared) where TTile : struct, IProductTile
    {
        var parts = shared.SubView((Group.IdxX / Quads * (TTile.Lanes + 4)) + (Group.IdxX % Quads));
        var total = parts[0];
        if (TTile.Lanes > 64)
        {
            total = ProductSide.Add(total, parts[PartSlices * Quads]);
            total = ProductSide.Add(total, parts[2 * PartSlices * Quads]);
            total = ProductSide.Add(total, parts[3 * PartSlices * Quads]);
        }

        return total;
    }

    /// <summary>Where four rows of memory begin.</summary>
    private struct FourStarts
    {
        internal int S0;
        internal int S1;
        internal int S2;
        internal int S3;
    }
}
