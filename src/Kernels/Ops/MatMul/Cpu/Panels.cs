using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Panels: a few columns of B, as many as a tile has, copied so that they follow each other in memory. A copy pays where
/// B is large, since each row of it would else lie on a page of its own, and where B is the transpose of what is stored.
/// </summary>
internal static unsafe class Panels
{
    /// <summary>Copies <paramref name="columns"/> columns (a multiple of a vector) of <paramref name="depth"/> rows.</summary>
    /// <param name="source">The first element of the panel in the matrix.</param>
    /// <param name="sourceRow">Floats from one row of the matrix to the next.</param>
    /// <param name="columns">Columns of the panel.</param>
    /// <param name="depth">Rows of the panel.</param>
    /// <param name="panel">depth x columns floats.</param>
    public static void Copy<TSimd, TVector>(float* source, int sourceRow, int columns, int depth, float* panel)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        for (var k = 0; k < depth; k++)
        {
            for (var column = 0; column < columns; column += TSimd.Width)
            {
                TSimd.Store(panel + column, TSimd.Load(source + column));
            }

            source += sourceRow;
            panel += columns;
        }
    }

    /// <summary>
    /// Copies the transpose: column j of the panel is row j of the matrix. Columns beyond <paramref name="valid"/> repeat the last.
    /// </summary>
    /// <param name="source">The first element of the panel in the matrix.</param>
    /// <param name="sourceRow">Floats from one row of the matrix to the next.</param>
    /// <param name="valid">Rows of the matrix that there are.</param>
    /// <param name="columns">Columns of the panel.</param>
    /// <param name="depth">Rows of the panel.</param>
    /// <param name="panel">depth rows of columns floats.</param>
    /// <param name="panelRow">Floats from one row of the panel to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, int sourceRow, int valid, int columns, int depth, float* panel, int panelRow)
    {
        var blockColumns = Avx.IsSupported && depth >= 4 ? columns & ~7 : 0;
        for (var column = 0; column < blockColumns; column += 8)
        {
            TransposeEight(source, sourceRow, column, valid - 1, depth, panel + column, panelRow);
        }

        for (var column = blockColumns; column < columns; column++)
        {
            var row = source + ((long)Math.Min(column, valid - 1) * sourceRow);
            for (var k = 0; k < depth; k++)
            {
                panel[((long)k * panelRow) + column] = row[k];
            }
        }
    }

    /// <summary>Eight rows of the matrix, from row <paramref name="first"/> on, as eight columns of the panel; depth is 4 or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeEight(float* source, nint sourceRow, int first, int last, int depth, float* panel, nint targetRow)
    {
        float* row0 = source + (Math.Min(first, last) * sourceRow), row1 = source + (Math.Min(first + 1, last) * sourceRow);
        float* row2 = source + (Math.Min(first + 2, last) * sourceRow), row3 = source + (Math.Min(first + 3, last) * sourceRow);
        float* row4 = source + (Math.Min(first + 4, last) * sourceRow), row5 = source + (Math.Min(first + 5, last) * sourceRow);
        float* row6 = source + (Math.Min(first + 6, last) * sourceRow), row7 = source + (Math.Min(first + 7, last) * sourceRow);
        for (nint next = 0; next < depth; next += 4)
        {
            // The last four end with the row, and may repeat some of those before them.
            var k = Math.Min(next, depth - 4);
            var target = panel + (k * targetRow);

            // Four elements of rows i and i + 4 side by side: the halves are then transposed alike.
            var a = Halves(row0 + k, row4 + k);
            var b = Halves(row1 + k, row5 + k);
            var c = Halves(row2 + k, row6 + k);
            var d = Halves(row3 + k, row7 + k);
            var (ab01, ab23) = (Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b));
            var (cd01, cd23) = (Avx.UnpackLow(c, d), Avx.UnpackHigh(c, d));
            Avx.Store(target, Avx.Shuffle(ab01, cd01, 0x44));
            Avx.Store(target + targetRow, Avx.Shuffle(ab01, cd01, 0xEE));
            Avx.Store(target + (2 * targetRow), Avx.Shuffle(ab23, cd23, 0x44));
            Avx.Store(target + (3 * targetRow), Avx.Shuffle(ab23, cd23, 0xEE));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(float* lower, float* upper) =>
        Avx.InsertVector128(Vector128.Load(lower).ToVector256Unsafe(), Vector128.Load(upper), 1);
}
