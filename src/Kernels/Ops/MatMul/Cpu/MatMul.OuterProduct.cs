using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>C = x^T dy, or W = W - rate x^T dy: x is (m, k), dy (m, n), C and W (k, n).</summary>
internal readonly unsafe struct OuterProduct(string name, float* x, float* dy, float* c, float* rates, int* cursor, int m, int k, int n,
    bool large) : ISimdTwin
{
    public string Name => name;

    public float* X => x;

    public float* Dy => dy;

    public float* C => c;

    public int M => m;

    public int K => k;

    public int N => n;

    /// <summary>Floats from one row of x to the next: more than k where only some of its columns are taken.</summary>
    public int XStride { get => field == 0 ? k : field; init; }

    /// <summary>The factor of the update that this step makes.</summary>
    public float Factor => rates == null ? 0 : -rates[cursor[StepCursor.Step]];

    /// <summary>Floating-point operations.</summary>
    public long Cost => 2L * m * k * n;

    public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct => rates == null
        ? Prepare<TSimd, TVector, FreshTile>(cpu)
        : Prepare<TSimd, TVector, UpdateTile>(cpu);

    private CpuLaunch Prepare<TSimd, TVector, TTarget>(CpuAccelerator cpu)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ITileTarget =>
        large && m >= DeepOuterProductLaunch<TSimd, TVector, TTarget>.FewestRows
            ? new DeepOuterProductLaunch<TSimd, TVector, TTarget>(cpu, this)
            : new OuterProductLaunch<TSimd, TVector, TTarget>(cpu, this, large);
}

/// <summary>An <see cref="OuterProduct"/> cut into groups of tile rows and groups of panels.</summary>
internal sealed unsafe class OuterProductLaunch<TSimd, TVector, TTarget> : CpuLaunch
    where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ITileTarget
{
    /// <summary>
    /// The largest copy of dy's panels: it lies on the stack and stays in the second-level cache while W passes. The longer the runs of W's rows
    /// that a part has, the better memory gives them: with four panels of 128 rows a core of an Intel Xeon (Sapphire Rapids) reached 115 of its
    /// 178 GFLOP/s, with sixteen 150.
    /// </summary>
    private const int MostCopiedBytes = 512 << 10;

    /// <summary>Panels that make up for copying a tile's columns of x.</summary>
    private const int LeastPanelsForRows = 3;

    /// <summary>Tiles that make up for copying a part's panels.</summary>
    private const int LeastTiles = 60;

    private readonly PanelTiles<TSimd, TVector, TTarget, ColumnMajor> _tiles = new();
    private readonly OuterProduct _product;
    private readonly int _columnParts;
    private readonly bool _copied;

    public OuterProductLaunch(CpuAccelerator cpu, OuterProduct product, bool large)
        : this(cpu, product, Plan(product, large, cpu.Options.Threads), large)
    {
    }

    private OuterProductLaunch(CpuAccelerator cpu, OuterProduct product, (int Rows, int Columns) parts, bool large)
        : base(cpu, product.Name, parts.Rows * parts.Columns, product.Cost)
    {
        _product = product;
        _columnParts = parts.Columns;
        _copied = large;
    }

    private static int PanelColumns => PanelTiles<TSimd, TVector, TTarget, ColumnMajor>.PanelColumns;

    /// <inheritdoc/>
    public override void RunPart(int part)
    {
        // Parts that run at the same time lie in different rows: what a core fetches beyond its columns is not being written by another.
        var rowParts = Parts / _columnParts;
        var (firstTile, endTile) = RowRange(TileCount, rowParts, part % rowParts);
        var (firstPanel, endPanel) = RowRange(PanelCount(_product), _columnParts, part / rowParts);
        if (_copied)
        {
            RunCopied(firstTile, endTile, firstPanel, endPanel);
        }
        else
        {
            RunDirect(firstTile, endTile, firstPanel, endPanel);
        }
    }

    private static int PanelCount(OuterProduct product) => (product.N + PanelColumns - 1) / PanelColumns;

    /// <summary>
    /// Where W is cut: small ones into groups of rows, large ones so that each part's panels of dy fit the copy, as at least one does of the rows that
    /// are left to this launch.
    /// </summary>
    private static (int Rows, int Columns) Plan(OuterProduct product, bool large, int threads)
    {
        const long SmallPartCost = 400_000;
        const int LeastPartsOfThread = 2;
        var tiles = PanelTiles<TSimd, TVector, TTarget, ColumnMajor>.TilesOf(product.K);
        if (!large)
        {
            return ((int)Math.Clamp(product.Cost / SmallPartCost, 1, Math.Min(tiles, 16)), 1);
        }

        var panels = PanelCount(product);
        var panelsPerPart = MostCopiedBytes / (product.M * PanelColumns * sizeof(float));
        var columns = (panels + panelsPerPart - 1) / panelsPerPart;
        return (Math.Clamp(Math.Max(tiles / LeastTiles, LeastPartsOfThread * threads / columns), 1, tiles), columns);
    }

    /// <summary>A part of a small product: dy's panels are read where they lie.</summary>
    private void RunDirect(int firstTile, int endTile, int firstPanel, int endPanel)
    {
        var work = WorkOf(_product.XStride, _product.N);
        for (var tile = firstTile; tile < endTile; tile++)
        {
            var (first, end) = RowRange(_product.K, TileCount, tile);
            work.A = _product.X + first;
            work.Ahead = (byte*)(work.A + (end - first));
            work.AheadStep = work.AStep;
            for (var p = firstPanel; p < endPanel; p++)
            {
                work.B = _product.Dy + (p * PanelColumns);
                RunTile(ref work, first, end, p);
            }
        }
    }

    /// <summary>A part of a large product, row of tiles by row of tiles, as W lies in memory; while one runs, the next is asked for.</summary>
    [SkipLocalsInit]
    private void RunCopied(int firstTile, int endTile, int firstPanel, int endPanel)
    {
        var copiesRows = endPanel - firstPanel >= LeastPanelsForRows;
        var panelLength = _product.M * PanelColumns;
        var floats = ((endPanel - firstPanel) * panelLength) + (copiesRows ? _product.M * TileRow : 0);
        var scratch = stackalloc byte[(floats * sizeof(float)) + 64];
        var panels = (float*)(((nint)scratch + 63) & ~63);
        for (var p = firstPanel; p < endPanel; p++)
        {
            Panels.Copy<TSimd, TVector>(_product.Dy + (p * PanelColumns), _product.N, PanelColumns, _product.M,
                panels + ((p - firstPanel) * panelLength));
        }

        var work = WorkOf(copiesRows ? TileRow : _product.XStride, PanelColumns);
        var rows = panels + ((endPanel - firstPanel) * panelLength);
        for (var tile = firstTile; tile < endTile; tile++)
        {
            var (first, end) = RowRange(_product.K, TileCount, tile);
            work.A = _product.X + first;
            if (copiesRows)
            {
                Panels.Copy<TSimd, TVector>(work.A, _product.XStride, TileRow, _product.M, rows);
                work.A = rows;
            }

            var ahead = Ahead(tile + 1, endTile, firstPanel, endPanel);
            var step = ahead.StepOf(_product.M);
            for (var p = firstPanel; p < endPanel; p++)
            {
                work.B = panels + ((p - firstPanel) * panelLength);
                ahead.Aim(ref work, step);
                RunTile(ref work, first, end, p);
            }
        }
    }

    /// <summary>What the tiles have in common, where the steps of x and dy are so many floats long.</summary>
    private TileWork WorkOf(int aStep, int bStep) => new()
    {
        ARow = sizeof(float),
        AStep = aStep * (nint)sizeof(float),
        BStep = bStep * (nint)sizeof(float),
        CRow = _product.N * (nint)sizeof(float),
        Depth = _product.M,
        Factor = _product.Factor,
    };

    private void RunTile(ref TileWork work, int first, int end, int panel)
    {
        work.C = _product.C + ((long)first * _product.N) + (panel * PanelColumns);
        _tiles.Run(ref work, end - first, Math.Min(PanelColumns, _product.N - (panel * PanelColumns)));
    }

    private static int TileRow => PanelTiles<TSimd, TVector, TTarget, ColumnMajor>.CopiedRows;

    private int TileCount => PanelTiles<TSimd, TVector, TTarget, ColumnMajor>.TilesOf(_product.K);

    private BlockAhead Ahead(int tile, int endTile, int firstPanel, int endPanel)
    {
        var (first, end) = tile < endTile ? RowRange(_product.K, TileCount, tile) : (0, 0);
        var column = firstPanel * PanelColumns;
        return new(_product.C + ((long)first * _product.N) + column, _product.N, end - first,
            Math.Min(endPanel * PanelColumns, _product.N) - column, endPanel - firstPanel);
    }
}
