using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>The tiles of every size for one vector width and target.</summary>
internal sealed unsafe class TileSet<TSimd, TVector, TTarget>
    where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ITileTarget
{
    private readonly delegate*<TileWork*, void>[] _oneVector = RegisterTile.Table<TSimd, TVector, One, TTarget, None>();
    private readonly delegate*<TileWork*, void>[] _twoVectors = RegisterTile.Table<TSimd, TVector, Two, TTarget, None>();
    private readonly delegate*<TileWork*, void>[] _oneVectorAtEdge = RegisterTile.Table<TSimd, TVector, One, TTarget, One>();
    private readonly delegate*<TileWork*, void>[] _twoVectorsAtEdge = RegisterTile.Table<TSimd, TVector, Two, TTarget, One>();

    /// <summary>Columns of a full tile; a panel of B has as many.</summary>
    public static int PanelColumns => 2 * TSimd.Width;

    /// <summary>How many tiles <paramref name="rows"/> rows are shared out to, as evenly as can be.</summary>
    public static int TilesOf(int rows) =>
        (rows + RegisterTile.HighestRows<TSimd, TVector>() - 1) / RegisterTile.HighestRows<TSimd, TVector>();

    /// <summary>One tile of 1 to 12 rows and 1 to <see cref="PanelColumns"/> columns; nothing outside of it is written.</summary>
    public void Run(ref TileWork work, int rows, int columns)
    {
        var isWide = columns > TSimd.Width;
        work.LastColumns = columns - (isWide ? TSimd.Width : 0);
        var methods = work.LastColumns < TSimd.Width ? (isWide ? _twoVectorsAtEdge : _oneVectorAtEdge) : isWide ? _twoVectors : _oneVector;
        fixed (TileWork* pointer = &work)
        {
            methods[rows - 1](pointer);
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

    private readonly struct None : IConstant { public static int Value => 0; }

    private readonly struct One : IConstant { public static int Value => 1; }

    private readonly struct Two : IConstant { public static int Value => 2; }
}
