using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// C = A B with its epilogue: C is (rows, columns), A (rows, depth), B = W (depth, columns) or the transpose of W (columns, depth), small
/// enough to stay in a core's cache.
/// </summary>
internal sealed unsafe class RowProduct : ISimdTwin
{
    public required string Name { get; init; }

    public required float* A { get; init; }

    public required float* W { get; init; }

    public required float* C { get; init; }

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    public required int Depth { get; init; }

    /// <summary>Whether B is the transpose of W, which is then copied panel by panel; W itself is read where it lies.</summary>
    public required bool IsTransposed { get; init; }

    /// <summary>Whether it is not cut into rows: one thread has all of them.</summary>
    public bool IsWhole { get; init; }

    public required Activation Activation { get; init; }

    /// <summary>C = f(C + bias), where it is given; columns floats.</summary>
    public float* Bias { get; init; }

    /// <summary>C + bias, where it is to be kept; rows x columns floats.</summary>
    public float* Sums { get; init; }

    /// <summary>Whether the epilogue is C = C f'(a) instead of C = f(C + bias).</summary>
    public bool IsGradient { get; init; }

    /// <summary>The sums a, or the outputs f(a), that f' is taken from; rows x columns floats.</summary>
    public float* Kept { get; init; }

    /// <inheritdoc/>
    public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var operands = new EpilogueOperands { Bias = Bias, Sums = Sums, Kept = Kept, C = C, Columns = Columns };
        var epilogue = IsGradient ? BlockEpilogue.Gradient<TSimd, TVector>(Activation, operands) : BlockEpilogue.Forward<TSimd, TVector>(Activation, operands);
        return new RowProductLaunch<TSimd, TVector>(cpu, this, epilogue, IsWhole ? 1 : CpuRows.Parts(Rows)) { Rows = Rows };
    }
}

/// <summary>A <see cref="RowProduct"/> cut into rows.</summary>
internal sealed unsafe class RowProductLaunch<TSimd, TVector>(CpuAccelerator cpu, RowProduct product, IBlockEpilogue? epilogue, int parts)
    : CpuLaunch(cpu, product.Name, parts, 2L * product.Rows * product.Columns * product.Depth)
    where TSimd : struct, ISimd<TVector> where TVector : struct
{
    /// <summary>Rows that are worked on together: their part of A stays in the second-level cache while panels change.</summary>
    private const int RowBlock = 256;

    /// <summary>The longest run of k that a panel holds: 48 KiB of the widest panels.</summary>
    private const int DepthBlock = 384;

    private readonly BlockTiles<TSimd, TVector, RowMajor> _tiles = new();

    /// <summary>Columns of a panel: half as many as a tile could take where they are copied as rows, whose pieces would else lie too far apart.</summary>
    private int PanelColumns => product.IsTransposed
        ? TileSet<TSimd, TVector, FreshTile>.PanelColumns
        : PanelTiles<TSimd, TVector, FreshTile, RowMajor>.PanelColumns;

    private int PanelCount => (product.Columns + PanelColumns - 1) / PanelColumns;

    /// <inheritdoc/>
    public override void RunPart(int part)
    {
        var (firstRow, endRow) = RowRange(product.Rows, Parts, part);
        var blocks = (endRow - firstRow + RowBlock - 1) / RowBlock;
        for (var block = 0; block < blocks; block++)
        {
            var (first, end) = RowRange(endRow - firstRow, blocks, block);
            RunBlock(firstRow + first, firstRow + end);
        }
    }

    [SkipLocalsInit]
    private void RunBlock(int firstRow, int endRow)
    {
        var depthBlock = product.IsTransposed ? Math.Min(product.Depth, DepthBlock) : product.Depth;
        var scratch = stackalloc byte[product.IsTransposed ? (depthBlock * PanelColumns * sizeof(float)) + 64 : 0];
        var panel = (float*)(((nint)scratch + 63) & ~63);
        for (var k = 0; k < product.Depth; k += depthBlock)
        {
            for (var p = 0; p < PanelCount; p++)
            {
                RunPanel(firstRow, endRow, p, k, Math.Min(depthBlock, product.Depth - k), panel);
            }
        }

        epilogue?.Apply(firstRow, endRow, 0, product.Columns);
    }

    private void RunPanel(int firstRow, int endRow, int panelIndex, int k, int depth, float* panel)
    {
        var column = panelIndex * PanelColumns;
        var columns = Math.Min(PanelColumns, product.Columns - column);
        var work = new TileWork
        {
            ARow = product.Depth * (nint)sizeof(float),
            AStep = sizeof(float),
            B = panel,
            BStep = PanelColumns * sizeof(float),
            CRow = product.Columns * (nint)sizeof(float),
            Depth = depth,
        };
        if (product.IsTransposed)
        {
            Panels.Transpose(product.W + ((long)column * product.Depth) + k, product.Depth, columns, PanelColumns, depth, panel, PanelColumns);
        }
        else
        {
            work.B = product.W + ((long)k * product.Columns) + column;
            work.BStep = product.Columns * (nint)sizeof(float);
        }

        work.Ahead = (byte*)work.B;
        RunTiles(ref work, firstRow, endRow - firstRow, product.A + k, product.C + column, columns, k > 0);
    }

    /// <summary>The tiles of one panel.</summary>
    private void RunTiles(ref TileWork work, int firstRow, int rows, float* a, float* c, int columns, bool continued)
    {
        var tiles = PanelTiles<TSimd, TVector, FreshTile, RowMajor>.TilesOf(rows);
        for (var tile = 0; tile < tiles; tile++)
        {
            var (first, end) = RowRange(rows, tiles, tile);
            work.A = a + ((long)(firstRow + first) * product.Depth);
            work.C = c + ((long)(firstRow + first) * product.Columns);
            _tiles.Run(ref work, end - first, columns, continues: continued);
        }
    }
}
