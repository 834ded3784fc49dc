using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>Where the tiles of a product take their panels of W from.</summary>
internal enum PanelSource
{
    /// <summary>W itself: it is small enough to stay in the cache.</summary>
    Direct,

    /// <summary>Copies, made panel by panel.</summary>
    Copied,

    /// <summary>Transposed copies, made panel by panel.</summary>
    Transposed,
}

/// <summary>
/// C = A B with its epilogue: C is (rows, columns), A (rows, depth), B = W (depth, columns) or the transpose of W (columns, depth).
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

    public required PanelSource Panels { get; init; }

    /// <summary>Whether W is too large for a core's cache: the parts are then blocks of C instead of rows.</summary>
    public required bool IsLarge { get; init; }

    public required Activation Activation { get; init; }

    /// <summary>C = f(C + bias), where it is given; columns floats.</summary>
    public float* Bias { get; init; }

    /// <summary>C + bias, where it is to be kept; rows x columns floats.</summary>
    public float* Sums { get; init; }

    /// <summary>Whether the epilogue is C = C f'(a) instead of C = f(C + bias).</summary>
    public bool IsGradient { get; init; }

    /// <summary>The sums a, or the outputs f(a), that f' is taken from; rows x columns floats.</summary>
    public float* Kept { get; init; }

    /// <summary>Floats from one row of W to the next.</summary>
    public int WRow => Panels == PanelSource.Transposed ? Depth : Columns;

    /// <inheritdoc/>
    public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var operands = new EpilogueOperands { Bias = Bias, Sums = Sums, Kept = Kept, C = C, Columns = Columns };
        var epilogue = IsGradient ? BlockEpilogue.Gradient<TSimd, TVector>(Activation, operands) : BlockEpilogue.Forward<TSimd, TVector>(Activation, operands);
        var panels = RowProductLaunch<TSimd, TVector>.PanelsOf(Columns);
        var rowParts = IsLarge ? RowProductLaunch<TSimd, TVector>.BlocksOf(Rows) : CpuRows.Parts(Rows);
        var columnParts = IsLarge ? Math.Clamp(MostParts / rowParts, 1, panels) : 1;
        return new RowProductLaunch<TSimd, TVector>(cpu, this, epilogue, rowParts, columnParts) { Rows = IsLarge ? 0 : Rows };
    }

    /// <summary>Enough parts that the last one to end is a small share of the whole; few enough to keep A in the cache.</summary>
    private const int MostParts = 32;
}

/// <summary>A <see cref="RowProduct"/> cut into rows and groups of panels.</summary>
internal sealed unsafe class RowProductLaunch<TSimd, TVector>(CpuAccelerator cpu, RowProduct product, IBlockEpilogue? epilogue, int rowParts, int columnParts)
    : CpuLaunch(cpu, product.Name, rowParts * columnParts, 2L * product.Rows * product.Columns * product.Depth)
    where TSimd : struct, ISimd<TVector> where TVector : struct
{
    /// <summary>Rows that are worked on together: their part of A stays in the second-level cache while panels change.</summary>
    private const int RowBlock = 256;

    /// <summary>The longest run of k that a panel holds: 48 KiB of the widest panels.</summary>
    private const int DepthBlock = 384;

    private readonly TileSet<TSimd, TVector, FreshTile> _fresh = new();
    private readonly TileSet<TSimd, TVector, ContinuedTile> _continued = new();

    private static int PanelColumns => TileSet<TSimd, TVector, FreshTile>.PanelColumns;

    /// <summary>How many panels <paramref name="columns"/> columns have.</summary>
    public static int PanelsOf(int columns) => (columns + PanelColumns - 1) / PanelColumns;

    /// <summary>How many blocks <paramref name="rows"/> rows are worked on in.</summary>
    public static int BlocksOf(int rows) => (rows + RowBlock - 1) / RowBlock;

    /// <inheritdoc/>
    public override void RunPart(int part)
    {
        var (firstRow, endRow) = RowRange(product.Rows, rowParts, part / columnParts);
        var (firstPanel, endPanel) = RowRange(PanelsOf(product.Columns), columnParts, part % columnParts);
        var blocks = BlocksOf(endRow - firstRow);
        for (var block = 0; block < blocks; block++)
        {
            var (first, end) = RowRange(endRow - firstRow, blocks, block);
            RunBlock(firstRow + first, firstRow + end, firstPanel, endPanel);
        }
    }

    [SkipLocalsInit]
    private void RunBlock(int firstRow, int endRow, int firstPanel, int endPanel)
    {
        var depthBlock = product.Panels == PanelSource.Direct ? product.Depth : Math.Min(product.Depth, DepthBlock);
        var scratch = stackalloc byte[product.Panels == PanelSource.Direct ? 0 : (depthBlock * PanelColumns * sizeof(float)) + 64];
        var panel = (float*)(((nint)scratch + 63) & ~63);
        for (var k = 0; k < product.Depth; k += depthBlock)
        {
            for (var p = firstPanel; p < endPanel; p++)
            {
                var next = p + 1 < endPanel ? Source(p + 1, k) : Source(firstPanel, Math.Min(k + depthBlock, product.Depth - 1));
                RunPanel(firstRow, endRow, p, k, Math.Min(depthBlock, product.Depth - k), panel, next);
            }
        }

        epilogue?.Apply(firstRow, endRow, firstPanel * PanelColumns, Math.Min(endPanel * PanelColumns, product.Columns));
    }

    private void RunPanel(int firstRow, int endRow, int panelIndex, int k, int depth, float* panel, float* next)
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
        var source = Source(panelIndex, k);
        switch (product.Panels)
        {
            case PanelSource.Direct:
                work.B = source;
                work.BStep = product.WRow * (nint)sizeof(float);
                break;
            case PanelSource.Copied:
                Panels.Copy<TSimd, TVector>(source, product.WRow, PanelColumns, depth, panel);
                break;
            default:
                Panels.Transpose(source, product.WRow, columns, PanelColumns, depth, panel, PanelColumns);
                break;
        }

        RunTiles(ref work, firstRow, endRow - firstRow, product.A + k, product.C + column, columns, k > 0, next);
    }

    /// <summary>Where a panel's elements begin in W.</summary>
    private float* Source(int panel, int k) => product.Panels == PanelSource.Transposed
        ? product.W + ((long)panel * PanelColumns * product.WRow) + k
        : product.W + ((long)k * product.WRow) + (panel * PanelColumns);

    /// <summary>The tiles of one panel. While they run, the next panel to be copied comes into the cache.</summary>
    private void RunTiles(ref TileWork work, int firstRow, int rows, float* a, float* c, int columns, bool continued, float* next)
    {
        var tiles = TileSet<TSimd, TVector, FreshTile>.TilesOf(rows);
        for (var tile = 0; tile < tiles; tile++)
        {
            var (first, end) = RowRange(rows, tiles, tile);
            work.A = a + ((long)(firstRow + first) * product.Depth);
            work.C = c + ((long)(firstRow + first) * product.Columns);
            FetchAhead(ref work, tile, next);
            if (continued)
            {
                _continued.Run(ref work, end - first, columns);
            }
            else
            {
                _fresh.Run(ref work, end - first, columns);
            }
        }
    }

    /// <summary>
    /// A tile's share of the next panel: each of the first tiles asks for one cache line of every row while it runs; one line more than a
    /// panel is wide, since its columns need not begin at one.
    /// </summary>
    private void FetchAhead(ref TileWork work, int tile, float* next)
    {
        const int CacheLine = 64;
        work.Ahead = (byte*)work.B;
        work.AheadStep = 0;
        if (product.Panels == PanelSource.Copied && tile <= PanelColumns * sizeof(float) / CacheLine)
        {
            work.Ahead = (byte*)next + (tile * CacheLine);
            work.AheadStep = product.WRow * (nint)sizeof(float);
        }
    }
}
