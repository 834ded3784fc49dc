using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The tiles for C of many columns, for one vector width, target and order of A: <see cref="WideTile"/> where there are registers for it and
/// the columns are enough, else those of a <see cref="TileSet{TSimd, TVector, TTarget}"/>.
/// </summary>
internal sealed unsafe class PanelTiles<TSimd, TVector, TTarget, TOrder>
    where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ITileTarget where TOrder : struct, IMatrixOrder
{
    private readonly delegate*<TileWork*, void>[] _wide = IsWide ? WideTile.Table<TSimd, TVector, TTarget, TOrder>() : [];
    private readonly TileSet<TSimd, TVector, TTarget> _others = new();

    /// <summary>Columns of a full tile; a panel of B has as many.</summary>
    public static int PanelColumns => IsWide ? WideTile.Vectors * TSimd.Width : OtherColumns;

    /// <summary>Rows of the highest tile, which may be two of those that there are: the second then finds the panel in the first-level cache.</summary>
    public static int HighestRows => RegisterTile.HighestRows<TSimd, TVector>();

    private static bool IsWide => TSimd.Width >= 16;

    private static int OtherColumns => TileSet<TSimd, TVector, TTarget>.PanelColumns;

    /// <summary>How many tiles <paramref name="rows"/> rows are shared out to, as evenly as can be.</summary>
    public static int TilesOf(int rows) => (rows + HighestRows - 1) / HighestRows;

    /// <summary>One tile of 1 to <see cref="HighestRows"/> rows and 1 to <see cref="PanelColumns"/> columns; nothing outside of it is written.</summary>
    public void Run(ref TileWork work, int rows, int columns)
    {
        if (IsWide && columns == PanelColumns)
        {
            RunWide(ref work, rows);
            return;
        }

        float* b = work.B, c = work.C;
        for (var column = 0; column < columns; column += OtherColumns)
        {
            work.B = b + column;
            work.C = c + column;
            _others.Run(ref work, rows, Math.Min(OtherColumns, columns - column));
        }

        work.B = b;
        work.C = c;
    }

    private void RunWide(ref TileWork work, int rows)
    {
        var part = work;
        if (rows <= WideTile.HighestRows)
        {
            _wide[rows - 1](&part);
            return;
        }

        // What is asked for ahead is shared out to both.
        var upper = rows / 2;
        part.AheadStep = (work.AheadStep + 1) / 2;
        _wide[upper - 1](&part);
        part.A = (float*)((byte*)work.A + (upper * work.ARow));
        part.C = (float*)((byte*)work.C + (upper * work.CRow));
        part.Ahead += part.Depth * part.AheadStep;
        _wide[rows - upper - 1](&part);
    }
}
