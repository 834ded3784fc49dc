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

    /// <summary>The factor of the update that this step makes.</summary>
    public float Factor => rates == null ? 0 : -rates[cursor[StepCursor.Step]];

    public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct => rates == null
        ? new OuterProductLaunch<TSimd, TVector, FreshTile>(cpu, this, large)
        : new OuterProductLaunch<TSimd, TVector, UpdateTile>(cpu, this, large);
}

/// <summary>An <see cref="OuterProduct"/> cut into groups of tile rows and groups of panels.</summary>
internal sealed unsafe class OuterProductLaunch<TSimd, TVector, TTarget> : CpuLaunch
    where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ITileTarget
{
    /// <summary>The largest copy of dy's panels: it lies on the stack and in the second-level cache.</summary>
    private const int MostCopiedBytes = 1 << 16;

    private readonly TileSet<TSimd, TVector, TTarget> _tiles = new();
    private readonly OuterProduct _product;
    private readonly int _columnParts;
    private readonly bool _copied;

    public OuterProductLaunch(CpuAccelerator cpu, OuterProduct product, bool large)
        : this(cpu, product, Plan(product, large), large)
    {
    }

    private OuterProductLaunch(CpuAccelerator cpu, OuterProduct product, (int Rows, int Columns) parts, bool large)
        : base(cpu, product.Name, parts.Rows * parts.Columns, CostOf(product))
    {
        _product = product;
        _columnParts = parts.Columns;
        _copied = large && PanelBytes(product) <= MostCopiedBytes;
    }

    private static int PanelColumns => TileSet<TSimd, TVector, TTarget>.PanelColumns;

    /// <inheritdoc/>
    public override void RunPart(int part)
    {
        var tileCount = TileSet<TSimd, TVector, TTarget>.TilesOf(_product.K);
        // Parts that run at the same time lie in different rows: what a core fetches beyond its columns is not being written by another.
        var rowParts = Parts / _columnParts;
        var (firstTile, endTile) = RowRange(tileCount, rowParts, part % rowParts);
        var (firstPanel, endPanel) = RowRange(PanelCount(_product), _columnParts, part / rowParts);
        if (_copied)
        {
            RunCopied(firstTile, endTile, firstPanel, endPanel);
        }
        else
        {
            RunTiles(firstTile, endTile, firstPanel, endPanel, _product.Dy + (firstPanel * PanelColumns), PanelColumns,
                _product.N * (nint)sizeof(float));
        }
    }

    private static int PanelCount(OuterProduct product) => (product.N + PanelColumns - 1) / PanelColumns;

    private static long PanelBytes(OuterProduct product) => (long)product.M * PanelColumns * sizeof(float);

    private static long CostOf(OuterProduct product) => 2L * product.M * product.K * product.N;

    /// <summary>Where W is cut: small ones into groups of rows, large ones so that each part's panels of dy fit the copy.</summary>
    private static (int Rows, int Columns) Plan(OuterProduct product, bool large)
    {
        const long SmallPartCost = 400_000;
        const long LargePartCost = 10_000_000;
        var tiles = TileSet<TSimd, TVector, TTarget>.TilesOf(product.K);
        if (!large)
        {
            return ((int)Math.Clamp(CostOf(product) / SmallPartCost, 1, Math.Min(tiles, 16)), 1);
        }

        var panels = PanelCount(product);
        var panelsPerPart = (int)Math.Max(MostCopiedBytes / PanelBytes(product), 1);
        var columns = (panels + panelsPerPart - 1) / panelsPerPart;
        return ((int)Math.Clamp(CostOf(product) / LargePartCost / columns, 1, tiles), columns);
    }

    [SkipLocalsInit]
    private void RunCopied(int firstTile, int endTile, int firstPanel, int endPanel)
    {
        var scratch = stackalloc byte[MostCopiedBytes + 64];
        var panels = (float*)(((nint)scratch + 63) & ~63);
        var panelLength = _product.M * PanelColumns;
        for (var p = firstPanel; p < endPanel; p++)
        {
            Panels.Copy<TSimd, TVector>(_product.Dy + (p * PanelColumns), _product.N, PanelColumns, _product.M,
                panels + ((p - firstPanel) * panelLength));
        }

        RunTiles(firstTile, endTile, firstPanel, endPanel, panels, panelLength, PanelColumns * sizeof(float));
    }

    /// <summary>The tiles, row by row of W, so that W is walked as it lies in memory.</summary>
    private void RunTiles(int firstTile, int endTile, int firstPanel, int endPanel, float* panels, int panelStep, nint panelRow)
    {
        var work = new TileWork
        {
            ARow = sizeof(float),
            AStep = _product.K * (nint)sizeof(float),
            BStep = panelRow,
            CRow = _product.N * (nint)sizeof(float),
            Depth = _product.M,
            Factor = _product.Factor,
            AheadStep = _product.K * (nint)sizeof(float),
        };
        var tileCount = TileSet<TSimd, TVector, TTarget>.TilesOf(_product.K);
        for (var tile = firstTile; tile < endTile; tile++)
        {
            var (first, end) = RowRange(_product.K, tileCount, tile);
            work.A = _product.X + first;
            for (var p = firstPanel; p < endPanel; p++)
            {
                work.B = panels + ((long)(p - firstPanel) * panelStep);
                work.Ahead = (byte*)(work.A + (end - first));
                work.C = _product.C + ((long)first * _product.N) + (p * PanelColumns);
                _tiles.Run(ref work, end - first, Math.Min(PanelColumns, _product.N - (p * PanelColumns)));
            }
        }
    }
}
