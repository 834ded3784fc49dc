using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>
    /// Whether dropout keeps each element of a batch that begins at a row of its step: 16 blocks of four random words are for 64 columns of a row, and of these word w of block b is for
    /// column 16 w + b.
    /// </summary>
    public static bool[] DropoutKeeps(DropoutMask mask, int globalStep, int firstRow, int m, int n)
    {
        var keeps = new bool[m * n];
        var chunks = (n + 63) / 64;
        for (var i = 0; i < keeps.Length; i++)
        {
            var (row, column) = (i / n, i % n);
            var block = ((((firstRow + row) * chunks) + (column / 64)) * 16) + (column % 16);
            var (x, y, z, w) = Philox.Block((uint)block, (uint)mask.Layer, 6u << 24, (uint)globalStep, (uint)mask.Seed, (uint)(mask.Seed >> 32));
            var word = (column % 64 / 16) switch { 0 => x, 1 => y, 2 => z, _ => w };
            keeps[i] = word >= Math.Round(mask.Rate * 4294967296.0);
        }

        return keeps;
    }

    /// <summary>y = x / (1 - rate) where an element is kept, else x 0, which is NaN for what is not finite; the scale is rounded, and the product.</summary>
    public static Bounded Dropout(double[] x, bool[] keeps, double rate)
    {
        var result = Bounded.Zeros(x.Length);
        for (var i = 0; i < x.Length; i++)
        {
            result.Values[i] = keeps[i] ? x[i] / (1 - rate) : x[i] * 0;
            result.Allowed[i] = rate == 0 ? 0 : (2 * Rounding * Math.Abs(result.Values[i])) + Underflow;
        }

        return result;
    }
}
