using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>The tiles of every size for one vector width and target.</summary>
internal sealed unsafe class TileSet<TSimd, TVector, TTarget>
    where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ITileTarget
{
    private readonly delegate*<TileWork*, void>[] _oneVector = RegisterTile.Table<TSimd, TVector, OneVector, TTarget>();
    private readonly delegate*<TileWork*, void>[] _twoVectors = RegisterTile.Table<TSimd, TVector, TwoVectors, TTarget>();

    /// <summary>Columns of a full tile; a panel of B has as many.</summary>
    public static int PanelColumns => 2 * TSimd.Width;

    /// <summary>How many tiles <paramref name="rows"/> rows are shared out to, as evenly as can be.</summary>
    public static int TilesOf(int rows) =>
        (rows + RegisterTile.HighestRows<TSimd, TVector>() - 1) / RegisterTile.HighestRows<TSimd, TVector>();

    /// <summary>One tile of 1 to 12 rows and 1 to <see cref="PanelColumns"/> columns; nothing outside of it is written.</summary>
    public void Run(ref TileWork work, int rows, int columns)
    {
        if (columns == PanelColumns)
        {
            fixed (TileWork* pointer = &work)
            {
                _twoVectors[rows - 1](pointer);
            }
        }
        else
        {
            RunAtEdge(work, rows, columns);
        }
    }

    /// <summary>The same where C has room for whole vectors, which are written in full.</summary>
    public void RunPadded(ref TileWork work, int rows, int columns)
    {
        fixed (TileWork* pointer = &work)
        {
            (columns <= TSimd.Width ? _oneVector : _twoVectors)[rows - 1](pointer);
        }
    }

    /// <summary>Works on a copy of the tile that is as wide as full vectors.</summary>
    [SkipLocalsInit]
    private void RunAtEdge(TileWork work, int rows, int columns)
    {
        var copy = stackalloc float[12 * PanelColumns];
        var target = work.C;
        var targetRow = work.CRow;
        work.C = copy;
        work.CRow = PanelColumns * sizeof(float);
        if (TTarget.Continues || TTarget.Updates)
        {
            Copy(target, targetRow, copy, work.CRow, rows, columns);
        }

        (columns <= TSimd.Width ? _oneVector : _twoVectors)[rows - 1](&work);
        Copy(copy, work.CRow, target, targetRow, rows, columns);
    }

    private static void Copy(float* source, nint sourceRow, float* target, nint targetRow, int rows, int columns)
    {
        var second = columns - TSimd.Width;
        for (var row = 0; row < rows; row++)
        {
            TSimd.StorePartial(target, TSimd.LoadPartial(source, Math.Min(columns, TSimd.Width)), Math.Min(columns, TSimd.Width));
            if (second > 0)
            {
                TSimd.StorePartial(target + TSimd.Width, TSimd.LoadPartial(source + TSimd.Width, second), second);
            }

            source = (float*)((byte*)source + sourceRow);
            target = (float*)((byte*)target + targetRow);
        }
    }

    private readonly struct OneVector : IConstant { public static int Value => 1; }

    private readonly struct TwoVectors : IConstant { public static int Value => 2; }
}
