public interface ITile
{
    static abstract int Size { get; }
}

public readonly struct Tile8 : ITile
{
    public static int Size => 8;
}

public static class Tiled
{
    public static Action<ArrayView<float>, ArrayView<float>, int, int, int, ArrayView<float>> Kernel => MultiplyKernel<Tile8>;

    /// <summary>c = a b: a is (m, k), b (k, n), c (m, n).</summary>
    public static void MultiplyKernel<TTile>(ArrayView<float> a, ArrayView<float> b, int m, int k, int n, ArrayView<float> c)
        where TTile : struct, ITile
    {
        var aTile = SharedMemory.Allocate<float>(TTile.Size * TTile.Size);
        var bTile = SharedMemory.Allocate<float>(TTile.Size * TTile.Size);
        var column = (Grid.IdxX * TTile.Size) + Group.IdxX;
        var row = (Grid.IdxY * TTile.Size) + Group.IdxY;
        var place = (Group.IdxY * TTile.Size) + Group.IdxX;
        var sum = 0f;
        for (var start = 0; start < k; start += TTile.Size)
        {
            aTile[place] = Load(a, row, start + Group.IdxX, m, k);
            bTile[place] = Load(b, start + Group.IdxY, column, k, n);
            Group.Barrier();
            for (var j = 0; j < TTile.Size; j++)
            {
                sum = MathF.FusedMultiplyAdd(aTile[(Group.IdxY * TTile.Size) + j], bTile[(j * TTile.Size) + Group.IdxX], sum);
            }

            Group.Barrier();
        }

        if (row < m && column < n)
        {
            c[(row * n) + column] = sum;
        }
    }

    private static float Load(ArrayView<float> matrix, int row, int column, int rows, int columns) =>
        row < rows && column < columns ? matrix[(row * columns) + column] : 0f;
}
