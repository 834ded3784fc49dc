namespace Gpu.Kernels.Tests;

/// <summary>Kernels that only tests run.</summary>
public static class PlainKernels
{
    public const int Tile = 4;

    public static void ScaleKernel(Index1D i, ArrayView<float> x, float factor, ArrayView<float> y) => y[i] = factor * x[i];

    public static void PlaneKernel(Index2D index, int width, ArrayView<int> y) => y[(index.Y * width) + index.X] = (100 * index.Y) + index.X;

    public static void OffsetKernel(Index1D i, int offset, ArrayView<float> y) => y[i + offset] = 1f;

    /// <summary>Wrong on purpose: an index relies on the one before it.</summary>
    public static void ChainKernel(Index1D i, ArrayView<int> y) => y[i] = i == 0 ? 1 : y[i - 1] + 1;

    public static void BarrierOutsideOfGroupsKernel(Index1D i, ArrayView<int> y)
    {
        Group.Barrier();
        y[i] = 1;
    }

    public static void SharedOutsideOfGroupsKernel(Index1D i, ArrayView<int> y) => y[i] = SharedMemory.Allocate<int>(4)[0];

    public static void LocalKernel(Index1D i, ArrayView<float> fresh, ArrayView<float> y)
    {
        var local = LocalMemory.Allocate<float>(8);
        fresh[i] = local[3];
        for (var k = 0; k < local.IntLength; k++)
        {
            local[k] = i + k;
        }

        y[i] = local[7];
    }

    public static void SpecializedKernel(Index1D i, SpecializedValue<int> count, Ops.Activation activation, uint bits, ArrayView<uint> y)
    {
        for (var k = 0; k < count; k++)
        {
            y[i] = bits + (uint)activation;
        }
    }

    public static void Index3DKernel(Index3D index, ArrayView<int> y) => y[index.Size] = 1;

    public static void GridKernel(ArrayView<int> linear, ArrayView<int> global)
    {
        linear[Grid.GlobalLinearIndex] = (1000 * Grid.LinearIndex) + Group.LinearIndex;
        var index = Grid.GlobalIndex;
        global[(index.Y * Grid.DimX * Group.DimX) + index.X] = (100 * index.Y) + index.X;
    }

    /// <summary>c = a b for square matrices whose side is a multiple of <see cref="Tile"/>.</summary>
    public static void TiledProductKernel(ArrayView<float> a, ArrayView<float> b, int n, ArrayView<float> c)
    {
        var left = SharedMemory.Allocate<float>(Tile * Tile);
        var right = SharedMemory.Allocate<float>(Tile * Tile);
        var (x, y) = (Group.IdxX, Group.IdxY);
        var row = (Grid.IdxY * Tile) + y;
        var column = (Grid.IdxX * Tile) + x;
        var sum = 0f;
        for (var start = 0; start < n; start += Tile)
        {
            left[(y * Tile) + x] = a[(row * n) + start + x];
            right[(y * Tile) + x] = b[((start + y) * n) + column];
            Group.Barrier();
            for (var k = 0; k < Tile; k++)
            {
                sum += left[(y * Tile) + k] * right[(k * Tile) + x];
            }

            Group.Barrier();
        }

        c[(row * n) + column] = sum;
    }

    /// <summary>Wrong on purpose: a tile is overwritten while others still read it.</summary>
    public static void MissingBarrierKernel(ArrayView<float> x, int rounds, ArrayView<float> y)
    {
        var shared = SharedMemory.Allocate<float>(64);
        var sum = 0f;
        for (var round = 0; round < rounds; round++)
        {
            shared[Group.IdxX] = x[(round * Group.DimX) + Group.IdxX];
            Group.Barrier();
            sum += shared[Group.DimX - 1 - Group.IdxX];
        }

        y[Group.IdxX] = sum;
    }

    public static void ReverseKernel(ArrayView<int> x, ArrayView<int> y)
    {
        var shared = SharedMemory.Allocate<int>(64);
        var lane = Group.LinearIndex;
        var lanes = Group.Dimension.Size;
        shared[lane] = x[Grid.GlobalLinearIndex];
        Group.Barrier();
        y[Grid.GlobalLinearIndex] = shared[lanes - 1 - lane];
    }

    public static void FreshSharedKernel(ArrayView<float> y) => y[Grid.GlobalLinearIndex] = SharedMemory.Allocate<float>(4)[Group.IdxX];

    public static void DivergentKernel(ArrayView<int> y)
    {
        if (Group.IdxX != 1)
        {
            Group.Barrier();
        }

        y[Group.IdxX] = 1;
    }

    public static void FailingLaneKernel(ArrayView<int> y)
    {
        Group.Barrier();
        if (Group.IdxX == 2)
        {
            y[y.IntLength] = 1;
        }

        Group.Barrier();
    }

    public static void DifferentSharedKernel(ArrayView<int> y)
    {
        var shared = Group.IdxX == 0 ? SharedMemory.Allocate<int>(4) : SharedMemory.Allocate<int>(5);
        y[Group.IdxX] = shared.IntLength;
    }

    public static void VoteKernel(ArrayView<int> counts, ArrayView<int> flags)
    {
        var lane = Group.IdxX;
        counts[lane] = Group.BarrierPopCount(lane % 3 == 0);
        var all = Group.BarrierAnd(lane < 100);
        var any = Group.BarrierOr(lane == 2);
        var none = Group.BarrierOr(lane > 100);
        var broadcast = Group.Broadcast(lane + 10, 4);
        flags[lane] = all && any && !none && broadcast == 14 && Group.IsFirstThread == (lane == 0)
            && Group.IsLastThread == (lane == Group.DimX - 1) ? 1 : 0;
    }

    /// <summary>The order in which the lanes come is in the result.</summary>
    public static void TicketKernel(ArrayView<int> counter, ArrayView<int> tickets)
    {
        tickets[Group.IdxX] = Atomic.Add(ref counter[0], 1);
        Group.Barrier();
        tickets[Group.DimX + Group.IdxX] = Atomic.Add(ref counter[0], 1);
    }
}
