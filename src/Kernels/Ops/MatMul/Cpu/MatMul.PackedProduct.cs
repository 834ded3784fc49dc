using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// y = f(x w + bias) where w (depth, columns) is larger than a core's cache: it is copied in panels, block by block, while the tiles of a
/// block ask for the next one. x is (rows, depth), y (rows, columns).
/// </summary>
internal sealed unsafe class PackedProduct : ISimdTwin
{
    public required string Name { get; init; }

    public required float* X { get; init; }

    public required float* W { get; init; }

    public required float* Y { get; init; }

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    public required int Depth { get; init; }

    public required Activation Activation { get; init; }

    /// <summary>Columns floats, or null.</summary>
    public float* Bias { get; init; }

    /// <summary>x w + bias, where it is to be kept; rows x columns floats.</summary>
    public float* Sums { get; init; }

    /// <inheritdoc/>
    public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        new PackedProductLaunch<TSimd, TVector>(cpu, this, BlockEpilogue.Forward<TSimd, TVector>(Activation,
            new() { Bias = Bias, Sums = Sums, C = Y, Columns = Columns }));
}

/// <summary>
/// A <see cref="PackedProduct"/> cut into blocks of rows and runs of panels, which are long: a run of two panels of 32 columns instead of twelve
/// costs a core of an Intel Xeon (Sapphire Rapids) up to a seventh of its speed.
/// </summary>
internal sealed unsafe class PackedProductLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
{
    /// <summary>Rows that are worked on together: what they have of x for a block of w stays in the second-level cache.</summary>
    private const int RowBlock = 256;

    /// <summary>
    /// Rows of w that a block has. Where many rows of x make up for copying it, the longer the better: y is read and written less often.
    /// Otherwise so few that the copy of a panel stays in the first-level cache.
    /// </summary>
    private const int LongBlock = 384;
    private const int ShortBlock = 96;

    /// <summary>Rows of x from which blocks are long.</summary>
    private const int RowsForLong = 96;

    /// <summary>The largest block of y: it stays in the second-level cache beside x and w while w's blocks follow each other.</summary>
    private const int MostSumBytes = 384 << 10;

    private readonly PackedProduct _product;
    private readonly IBlockEpilogue? _epilogue;
    private readonly int _rowParts;

    /// <summary>The threads that the columns are cut for; 1 where they are not.</summary>
    private readonly int _threads;
    private readonly int _depthBlock;
    private readonly BlockTiles<TSimd, TVector, RowMajor> _tiles = new();

    public PackedProductLaunch(CpuAccelerator cpu, PackedProduct product, IBlockEpilogue? epilogue)
        : this(cpu, product, epilogue, (product.Rows + RowBlock - 1) / RowBlock)
    {
    }

    private PackedProductLaunch(CpuAccelerator cpu, PackedProduct product, IBlockEpilogue? epilogue, int rowParts)
        : this(cpu, product, epilogue, rowParts, rowParts >= 2 * cpu.Options.Threads ? 1 : GuidedCut.Parts(cpu.Options.Threads))
    {
    }

    private PackedProductLaunch(CpuAccelerator cpu, PackedProduct product, IBlockEpilogue? epilogue, int rowParts, int columnParts)
        : base(cpu, product.Name, rowParts * columnParts, 2L * product.Rows * product.Columns * product.Depth)
    {
        (_product, _epilogue, _rowParts, _threads) = (product, epilogue, rowParts, columnParts == 1 ? 1 : cpu.Options.Threads);
        _depthBlock = product.Rows >= RowsForLong ? LongBlock : ShortBlock;
    }

    private static int PanelColumns => PanelTiles<TSimd, TVector, FreshTile, RowMajor>.PanelColumns;

    private static int PanelsOf(int columns) => (columns + PanelColumns - 1) / PanelColumns;

    /// <inheritdoc/>
    public override void RunPart(int part)
    {
        var (firstRow, endRow) = RowRange(_product.Rows, _rowParts, part % _rowParts);
        var (firstPanel, endPanel) = GuidedCut.Range(PanelsOf(_product.Columns), _threads, part / _rowParts);
        var most = Math.Max(MostSumBytes / ((endRow - firstRow) * PanelColumns * sizeof(float)), 1);
        var groups = (endPanel - firstPanel + most - 1) / most;
        for (var group = 0; group < groups; group++)
        {
            var (first, end) = RowRange(endPanel - firstPanel, groups, group);
            RunGroup(firstRow, endRow, firstPanel + first, firstPanel + end, endPanel);
        }
    }

    /// <summary>All of the sums of a few panels, block by block; the first block of the next panels, up to the last one, is asked for at the end.</summary>
    [SkipLocalsInit]
    private void RunGroup(int firstRow, int endRow, int firstPanel, int endPanel, int lastPanel)
    {
        var scratch = stackalloc byte[(_depthBlock * PanelColumns * sizeof(float)) + 64];
        var panel = (float*)(((nint)scratch + 63) & ~63);
        var tiles = PanelTiles<TSimd, TVector, FreshTile, RowMajor>.TilesOf(endRow - firstRow);
        for (var k = 0; k < _product.Depth; k += _depthBlock)
        {
            var depth = Math.Min(_depthBlock, _product.Depth - k);
            var ahead = k + depth < _product.Depth
                ? Ahead(firstPanel, endPanel, k + depth, tiles * (endPanel - firstPanel))
                : Ahead(endPanel, Math.Min(lastPanel, endPanel + endPanel - firstPanel), 0, tiles * (endPanel - firstPanel));
            for (var p = firstPanel; p < endPanel; p++)
            {
                RunTiles(panel, depth, firstRow, endRow, p, k, ref ahead);
            }
        }

        _epilogue?.Apply(firstRow, endRow, firstPanel * PanelColumns, Math.Min(endPanel * PanelColumns, _product.Columns));
    }

    /// <summary>The tiles of a panel, whose rows of w are k to k + depth; the first one copies it.</summary>
    private void RunTiles(float* copy, int depth, int firstRow, int endRow, int panel, int k, ref BlockAhead ahead)
    {
        var work = new TileWork
        {
            ARow = _product.Depth * (nint)sizeof(float),
            AStep = sizeof(float),
            B = Source(panel, k),
            BStep = _product.Columns * (nint)sizeof(float),
            CRow = _product.Columns * (nint)sizeof(float),
            Depth = depth,
        };
        var step = ahead.StepOf(depth);
        var columns = Math.Min(PanelColumns, _product.Columns - (panel * PanelColumns));
        var tiles = PanelTiles<TSimd, TVector, FreshTile, RowMajor>.TilesOf(endRow - firstRow);
        for (var tile = 0; tile < tiles; tile++)
        {
            var (first, end) = RowRange(endRow - firstRow, tiles, tile);
            work.A = _product.X + ((long)(firstRow + first) * _product.Depth) + k;
            work.C = _product.Y + ((long)(firstRow + first) * _product.Columns) + (panel * PanelColumns);
            ahead.Aim(ref work, step);
            if (tile > 0)
            {
                _tiles.Run(ref work, end - first, columns, continues: k > 0);
            }
            else
            {
                _tiles.RunCopying(ref work, end - first, columns, continues: k > 0, copy);
            }
        }
    }

    private BlockAhead Ahead(int firstPanel, int endPanel, int k, int tiles)
    {
        var rows = firstPanel < endPanel ? Math.Min(_depthBlock, _product.Depth - k) : 0;
        return new(rows > 0 ? Source(firstPanel, k) : null, _product.Columns, rows, (endPanel - firstPanel) * PanelColumns, tiles);
    }

    /// <summary>Where a panel's row k begins in w.</summary>
    private float* Source(int panel, int k) => _product.W + ((long)k * _product.Columns) + (panel * PanelColumns);
}
