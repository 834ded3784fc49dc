using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

// Each lane keeps one element of the product; the group loads a tile of both factors together, so that every element
// that is read from memory serves TileSize lanes. Beyond the edges the tiles hold 0.
public static unsafe partial class MatMul
{
    /// <summary>Lanes of a group in each dimension.</summary>
    public const int TileSize = 8;

    private const int TileLength = TileSize * TileSize;

    /// <summary>y = f(x w + bias), in groups of <see cref="TileSize"/> by <see cref="TileSize"/>; parameters as in <see cref="ForwardKernel{TActivation}"/>.</summary>
    public static void ForwardTiledKernel<TActivation>(ArrayView<float> x, ArrayView<float> w, ArrayView<float> bias, int hasBias,
        int m, int k, int n, ArrayView<float> y)
        where TActivation : struct, IActivation
    {
        var left = SharedMemory.Allocate<float>(TileLength);
        var right = SharedMemory.Allocate<float>(TileLength);
        var row = (Grid.IdxY * TileSize) + Group.IdxY;
        var column = (Grid.IdxX * TileSize) + Group.IdxX;
        var sum = 0f;
        for (var first = 0; first < k; first += TileSize)
        {
            left[LaneIndex()] = Element(x, row, first + Group.IdxX, m, k);
            right[LaneIndex()] = Element(w, first + Group.IdxY, column, k, n);
            Group.Barrier();
            sum = AddTile(left, right, KernelMath.Min(TileSize, k - first), sum);
            Group.Barrier();
        }

        if (row < m && column < n)
        {
            y[(row * n) + column] = TActivation.Apply<SimdScalar, float>(hasBias != 0 ? sum + bias[column] : sum);
        }
    }

    /// <summary>dx = (dy w^T) f'(a), in groups; parameters as in <see cref="InputGradientKernel{TActivation}"/>.</summary>
    public static void InputGradientTiledKernel<TActivation>(ArrayView<float> dy, ArrayView<float> w, ArrayView<float> xKept,
        int m, int k, int n, ArrayView<float> dx)
        where TActivation : struct, IActivation
    {
        var left = SharedMemory.Allocate<float>(TileLength);
        var right = SharedMemory.Allocate<float>(TileLength);
        var row = (Grid.IdxY * TileSize) + Group.IdxY;
        var column = (Grid.IdxX * TileSize) + Group.IdxX;
        var sum = 0f;
        for (var first = 0; first < n; first += TileSize)
        {
            // w^T: neighbouring lanes read neighbouring elements of a row of w and write them down a column of the tile.
            left[LaneIndex()] = Element(dy, row, first + Group.IdxX, m, n);
            right[(Group.IdxX * TileSize) + Group.IdxY] = Element(w, (Grid.IdxX * TileSize) + Group.IdxY, first + Group.IdxX, k, n);
            Group.Barrier();
            sum = AddTile(left, right, KernelMath.Min(TileSize, n - first), sum);
            Group.Barrier();
        }

        if (row < m && column < k)
        {
            var at = (row * k) + column;
            dx[at] = TActivation.From == SlopeSource.None ? sum : ActivationGradient.Through<TActivation, SimdScalar, float>(sum, xKept[at]);
        }
    }

    /// <summary>dw = x^T dy, in groups; parameters as in <see cref="WeightGradientKernel"/>.</summary>
    public static void WeightGradientTiledKernel(ArrayView<float> x, ArrayView<float> dy, int m, int k, int n, ArrayView<float> dw)
    {
        var left = SharedMemory.Allocate<float>(TileLength);
        var right = SharedMemory.Allocate<float>(TileLength);
        var row = (Grid.IdxY * TileSize) + Group.IdxY;
        var column = (Grid.IdxX * TileSize) + Group.IdxX;
        var sum = 0f;
        for (var first = 0; first < m; first += TileSize)
        {
            LoadOuter(left, right, x, dy, first, m, k, n);
            Group.Barrier();
            sum = AddTile(left, right, KernelMath.Min(TileSize, m - first), sum);
            Group.Barrier();
        }

        if (row < k && column < n)
        {
            dw[(row * n) + column] = sum;
        }
    }

    /// <summary>w = w - rates[cursor[0]] x^T dy, in groups; parameters as in <see cref="WeightUpdateKernel"/>.</summary>
    public static void WeightUpdateTiledKernel(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> rates, ArrayView<int> cursor,
        int m, int k, int n, ArrayView<float> w)
    {
        var left = SharedMemory.Allocate<float>(TileLength);
        var right = SharedMemory.Allocate<float>(TileLength);
        var row = (Grid.IdxY * TileSize) + Group.IdxY;
        var column = (Grid.IdxX * TileSize) + Group.IdxX;
        var sum = 0f;
        for (var first = 0; first < m; first += TileSize)
        {
            LoadOuter(left, right, x, dy, first, m, k, n);
            Group.Barrier();
            sum = AddTile(left, right, KernelMath.Min(TileSize, m - first), sum);
            Group.Barrier();
        }

        if (row < k && column < n)
        {
            var at = (row * n) + column;
            w[at] = KernelMath.Fma(-rates[cursor[StepCursor.Step]], sum, w[at]);
        }
    }

    private static int LaneIndex() => (Group.IdxY * TileSize) + Group.IdxX;

    private static float Element(ArrayView<float> matrix, int row, int column, int rows, int columns) =>
        row < rows && column < columns ? matrix[(row * columns) + column] : 0f;

    /// <summary>A tile of x^T and one of dy: the sum runs over the rows of both.</summary>
    private static void LoadOuter(ArrayView<float> left, ArrayView<float> right, ArrayView<float> x, ArrayView<float> dy, int first,
        int m, int k, int n)
    {
        left[(Group.IdxX * TileSize) + Group.IdxY] = Element(x, first + Group.IdxY, (Grid.IdxY * TileSize) + Group.IdxX, m, k);
        right[LaneIndex()] = Element(dy, first + Group.IdxY, (Grid.IdxX * TileSize) + Group.IdxX, m, n);
    }

    /// <summary>The products of this lane's row and column of the tiles; only the first <paramref name="count"/>, since 0 times infinity is NaN.</summary>
    private static float AddTile(ArrayView<float> left, ArrayView<float> right, int count, float sum)
    {
        for (var j = 0; j < count; j++)
        {
            sum = KernelMath.Fma(left[(Group.IdxY * TileSize) + j], right[(j * TileSize) + Group.IdxX], sum);
        }

        return sum;
    }
}
