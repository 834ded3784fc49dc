using ILGPU;

namespace Gpu.Kernels.Tests.Simulator;

/// <summary>Kernels that only tests run.</summary>
public static class TestKernels
{
    public const int Tile = 4;

    public static void ScaleKernel(Index1D i, ArrayView<float> x, float factor, ArrayView<float> y) => y[i] = factor * x[i];

    public static void PlaneKernel(Index2D index, int width, ArrayView<int> y) => y[(index.Y * width) + index.X] = (100 * index.Y) + index.X;

    public static void OffsetKernel(Index1D i, int offset, ArrayView<float> y) => y[i + offset] = 1f;

    public static void KindKernel(Index1D i, Ops.Activation activation, uint bits, ArrayView<uint> y) => y[i] = bits + (uint)activation;

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

    /// <summary>Each group turns its part round: shared memory and a barrier, for any number of lanes to 256.</summary>
    public static void ReverseKernel(ArrayView<int> x, ArrayView<int> y)
    {
        var shared = SharedMemory.Allocate<int>(256);
        var lanes = Group.DimX * Group.DimY;
        var lane = (Group.IdxY * Group.DimX) + Group.IdxX;
        shared[lane] = x[(Grid.IdxX * lanes) + lane];
        Group.Barrier();
        y[(Grid.IdxX * lanes) + lane] = shared[lanes - 1 - lane];
    }
}
