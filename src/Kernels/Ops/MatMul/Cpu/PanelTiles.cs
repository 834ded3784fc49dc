using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The tiles for C of many columns, for one vector width, target and order of A: <see cref="WideTile"/> where there are registers for it and
/// the columns are enough, else those of a <see cref="TileSet{TSimd, TVector, TTarget}"/>.
/// </summary>
internal sealed unsafe class PanelTiles<TSimd, TVector, TTarget, TOrder>
    where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ITileTarget where TOrder : struct, IMatrixOrder
{
    private readonly delegate*<TileWork*, void>[] _wide = IsWide ? WideTile.Table<TSimd, TVector, TTarget, TOrder, ReadPanel>() : [];
    private readonly delegate*<TileWork*, void>[] _copying = IsWide ? WideTile.Table<TSimd, TVector, TTarget, TOrder, CopiedPanel>() : [];
    private readonly TileSet<TSimd, TVector, TTarget> _others = new();

    /// <summary>Columns of a full tile; a panel of B has as many.</summary>
    public static int PanelColumns => IsWide ? WideTile.Vectors * TSimd.Width : OtherColumns;

    /// <summary>Rows of the highest tile, which may be two of those that there are: the second then finds the panel in the first-level cache.</summary>
    public static int HighestRows => RegisterTile.HighestRows<TSimd, TVector>();

    /// <summary>Floats of a tile's rows at one step in a copy of A by columns: whole vectors.</summary>
    public static int CopiedRows => (HighestRows + TSimd.Width - 1) / TSimd.Width * TSimd.Width;

    private static bool IsWide => TSimd.Width >= 16;

    private static int OtherColumns => TileSet<TSimd, TVector, TTarget>.PanelColumns;

    /// <summary>How many tiles <paramref name="rows"/> rows are shared out to, as evenly as can be.</summary>
    public static int TilesOf(int rows) => (rows + HighestRows - 1) / HighestRows;

    /// <summary>One tile of 1 to <see cref="HighestRows"/> rows and 1 to <see cref="PanelColumns"/> columns; nothing outside of it is written.</summary>
    public void Run(ref TileWork work, int rows, int columns)
    {
        if (IsWide && columns == PanelColumns)
        {
            RunWide(ref work, rows, copies: false);
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

    /// <summary>
    /// The same where B is a run of columns of a matrix, and leaves them as a panel in <paramref name="panel"/>, from which the work goes on. Whole
    /// panels are read, at the last columns of the last row up to 252 bytes beyond the matrix, which lie in a buffer's guard.
    /// </summary>
    public void RunCopying(ref TileWork work, int rows, int columns, float* panel)
    {
        work.Copy = panel;
        if (IsWide && columns == PanelColumns)
        {
            RunWide(ref work, rows, copies: true);
            ReadCopy(ref work);
            return;
        }

        Panels.Copy<TSimd, TVector>(work.B, (int)(work.BStep / sizeof(float)), PanelColumns, work.Depth, panel);
        ReadCopy(ref work);
        Run(ref work, rows, columns);
    }

    /// <summary>One tile of full columns, or two, of which the first may copy B.</summary>
    private void RunWide(ref TileWork work, int rows, bool copies)
    {
        var first = copies ? _copying : _wide;
        var part = work;
        if (rows <= WideTile.HighestRows)
        {
            first[rows - 1](&part);
            return;
        }

        // What is asked for ahead is shared out to both.
        var upper = rows / 2;
        part.AheadStep = (work.AheadStep + 1) / 2;
        first[upper - 1](&part);
        if (copies)
        {
            ReadCopy(ref part);
        }

        part.A = (float*)((byte*)work.A + (upper * work.ARow));
        part.C = (float*)((byte*)work.C + (upper * work.CRow));
        part.Ahead += part.Depth * part.AheadStep;
        _wide[rows - upper - 1](&part);
    }

    private static void ReadCopy(ref TileWork work)
    {
        work.B = work.Copy;
        work.BStep = PanelColumns * sizeof(float);
    }
}
