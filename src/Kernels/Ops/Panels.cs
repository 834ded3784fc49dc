using System.Runtime.Intrinsics.X86;
using Gpu.Kernels.Accelerators.Cpu;

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
    /// <param name="panel">depth x columns floats.</param>
    public static void Transpose(float* source, int sourceRow, int valid, int columns, int depth, float* panel)
    {
        var blocked = Sse.IsSupported && columns % 4 == 0 ? depth & ~3 : 0;
        for (var column = 0; blocked > 0 && column < columns; column += 4)
        {
            var row0 = source + ((long)Math.Min(column, valid - 1) * sourceRow);
            var row1 = source + ((long)Math.Min(column + 1, valid - 1) * sourceRow);
            var row2 = source + ((long)Math.Min(column + 2, valid - 1) * sourceRow);
            var row3 = source + ((long)Math.Min(column + 3, valid - 1) * sourceRow);
            for (var k = 0; k < blocked; k += 4)
            {
                Transpose4(row0 + k, row1 + k, row2 + k, row3 + k, panel + (k * columns) + column, columns);
            }
        }

        for (var column = 0; column < columns; column++)
        {
            var row = source + ((long)Math.Min(column, valid - 1) * sourceRow);
            for (var k = blocked; k < depth; k++)
            {
                panel[(k * columns) + column] = row[k];
            }
        }
    }

    private static void Transpose4(float* row0, float* row1, float* row2, float* row3, float* target, int targetRow)
    {
        var (a, b, c, d) = (Sse.LoadVector128(row0), Sse.LoadVector128(row1), Sse.LoadVector128(row2), Sse.LoadVector128(row3));
        var (ab01, ab23) = (Sse.UnpackLow(a, b), Sse.UnpackHigh(a, b));
        var (cd01, cd23) = (Sse.UnpackLow(c, d), Sse.UnpackHigh(c, d));
        Sse.Store(target, Sse.MoveLowToHigh(ab01, cd01));
        Sse.Store(target + targetRow, Sse.MoveHighToLow(cd01, ab01));
        Sse.Store(target + (2 * targetRow), Sse.MoveLowToHigh(ab23, cd23));
        Sse.Store(target + (3 * targetRow), Sse.MoveHighToLow(cd23, ab23));
    }
}
