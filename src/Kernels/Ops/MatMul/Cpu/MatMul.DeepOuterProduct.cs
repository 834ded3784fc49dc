using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// An <see cref="OuterProduct"/> of many rows of x and dy, block by block of them: a block's copies stay in the second-level cache, which would not
/// hold whole columns of dy. The sums of a part lie beside them; what is stored in C or W is read and written once, at the end.
/// </summary>
internal sealed unsafe class DeepOuterProductLaunch<TSimd, TVector, TTarget> : CpuLaunch
    where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ITileTarget
{
    /// <summary>
    /// Rows of x and dy from which it is the better one: on two cores of an Intel Xeon (Sapphire Rapids) 128 x 2000 x 2000 was slower by a sixth,
    /// 200 x 2000 x 2000 equal, 384 x 1500 x 1500 faster by 46 %, 2048 x 2048 x 2048 by 69 %.
    /// </summary>
    public const int FewestRows = 192;

    /// <summary>The longest block: as long as the long ones of a <see cref="PackedProduct"/>.</summary>
    private const int RowBlock = 384;

    /// <summary>
    /// What a part has of W at most: 192 KiB of sums. As much of x and, where vectors are widest, 96 KiB of a panel of dy make it half of a second-level
    /// cache of 1 MiB.
    /// </summary>
    private const int MostRows = 96;
    private const int MostColumns = 512;

    private const int LeastPartsOfThread = 4;

    private readonly BlockTiles<TSimd, TVector, ColumnMajor> _tiles = new();
    private readonly OuterProduct _product;
    private readonly int _columnParts;

    public DeepOuterProductLaunch(CpuAccelerator cpu, OuterProduct product) : this(cpu, product, Plan(product, cpu.Options.Threads))
    {
    }

    private DeepOuterProductLaunch(CpuAccelerator cpu, OuterProduct product, (int Rows, int Columns) parts)
        : base(cpu, product.Name, parts.Rows * parts.Columns, product.Cost) => (_product, _columnParts) = (product, parts.Columns);

    private static int PanelColumns => PanelTiles<TSimd, TVector, FreshTile, ColumnMajor>.PanelColumns;

    private static int HighestTile => PanelTiles<TSimd, TVector, FreshTile, ColumnMajor>.HighestRows;

    private static int TileRow => PanelTiles<TSimd, TVector, FreshTile, ColumnMajor>.CopiedRows;

    private int TileCount => PanelTiles<TSimd, TVector, FreshTile, ColumnMajor>.TilesOf(_product.K);

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override void RunPart(int part)
    {
        var rowParts = Parts / _columnParts;
        var (firstTile, endTile) = RowRange(TileCount, rowParts, part % rowParts);
        var (firstPanel, endPanel) = RowRange(PanelsOf(_product.N), _columnParts, part / rowParts);
        var (first, end) = (RowRange(_product.K, TileCount, firstTile).First, RowRange(_product.K, TileCount, endTile - 1).End);
        var stride = (endPanel - firstPanel) * PanelColumns;
        var blocks = (_product.M + RowBlock - 1) / RowBlock;
        var floats = ((end - first) * stride) + (((endTile - firstTile) * TileRow) + PanelColumns) * RowBlock;
        var scratch = stackalloc byte[(floats * sizeof(float)) + 64];
        var room = new Room((float*)(((nint)scratch + 63) & ~63), (end - first) * stride, (endTile - firstTile) * TileRow * RowBlock, first, stride);
        for (var block = 0; block < blocks; block++)
        {
            var (row, endRow) = RowRange(_product.M, blocks, block);
            CopyColumns(room, firstTile, endTile, row, endRow);
            for (var panel = firstPanel; panel < endPanel; panel++)
            {
                RunPanel(room, firstTile, endTile, panel, firstPanel, row, endRow);
            }
        }

        Finish(room, end, firstPanel * PanelColumns, Math.Min(endPanel * PanelColumns, _product.N));
    }

    /// <summary>Where W is cut, so that there are a few parts for each thread.</summary>
    private static (int Rows, int Columns) Plan(OuterProduct product, int threads)
    {
        var tiles = PanelTiles<TSimd, TVector, FreshTile, ColumnMajor>.TilesOf(product.K);
        var (mostTiles, mostPanels) = (Math.Max(MostRows / HighestTile, 1), Math.Max(MostColumns / PanelColumns, 1));
        var columns = (PanelsOf(product.N) + mostPanels - 1) / mostPanels;
        var fewest = (LeastPartsOfThread * threads + columns - 1) / columns;
        return (Math.Min(Math.Max((tiles + mostTiles - 1) / mostTiles, fewest), tiles), columns);
    }

    private static int PanelsOf(int columns) => (columns + PanelColumns - 1) / PanelColumns;

    /// <summary>Copies the part's columns of some rows of x, tile by tile.</summary>
    private void CopyColumns(in Room room, int firstTile, int endTile, int row, int endRow)
    {
        for (var tile = firstTile; tile < endTile; tile++)
        {
            var source = _product.X + ((long)row * _product.XStride) + RowRange(_product.K, TileCount, tile).First;
            Panels.Copy<TSimd, TVector>(source, _product.XStride, TileRow, endRow - row, room.Columns + ((tile - firstTile) * TileRow * RowBlock));
        }
    }

    /// <summary>A panel's columns of some rows of dy, times all of the part's columns of x; the first tile copies the panel.</summary>
    private void RunPanel(in Room room, int firstTile, int endTile, int panel, int firstPanel, int row, int endRow)
    {
        var columns = Math.Min(PanelColumns, _product.N - (panel * PanelColumns));
        var work = new TileWork
        {
            ARow = sizeof(float),
            AStep = TileRow * sizeof(float),
            B = _product.Dy + ((long)row * _product.N) + (panel * PanelColumns),
            BStep = _product.N * (nint)sizeof(float),
            CRow = room.Stride * sizeof(float),
            Depth = endRow - row,
        };
        work.Ahead = (byte*)room.Panel;
        for (var tile = firstTile; tile < endTile; tile++)
        {
            var (first, end) = RowRange(_product.K, TileCount, tile);
            work.A = room.Columns + ((tile - firstTile) * TileRow * RowBlock);
            work.C = room.Sums + ((first - room.FirstRow) * room.Stride) + ((panel - firstPanel) * PanelColumns);
            if (tile > firstTile)
            {
                _tiles.Run(ref work, end - first, columns, continues: row > 0);
            }
            else
            {
                _tiles.RunCopying(ref work, end - first, columns, continues: row > 0, room.Panel);
            }
        }
    }

    /// <summary>What the sums make of C or W.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish(in Room room, int endRow, int firstColumn, int endColumn)
    {
        var factor = TSimd.Broadcast(_product.Factor);
        for (var row = room.FirstRow; row < endRow; row++)
        {
            var sums = room.Sums + ((row - room.FirstRow) * room.Stride);
            var target = _product.C + ((long)row * _product.N) + firstColumn;
            for (var left = endColumn - firstColumn; left > 0; left -= TSimd.Width)
            {
                var lanes = Math.Min(left, TSimd.Width);
                var sum = TSimd.LoadPartial(sums, lanes);
                TSimd.StorePartial(target, TTarget.Updates ? TSimd.Fma(factor, sum, TSimd.LoadPartial(target, lanes)) : sum, lanes);
                sums += TSimd.Width;
                target += TSimd.Width;
            }
        }
    }

    /// <summary>What a part works in: sums (rows of W, <paramref name="stride"/>), columns of x tile by tile, a panel of dy.</summary>
    private readonly struct Room(float* start, int sumFloats, int columnFloats, int firstRow, int stride)
    {
        public float* Sums { get; } = start;

        public float* Columns { get; } = start + sumFloats;

        public float* Panel { get; } = start + sumFloats + columnFloats;

        public int FirstRow { get; } = firstRow;

        public int Stride { get; } = stride;
    }
}
