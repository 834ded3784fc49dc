using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// dx = (dy w^T) f'(a), worked out as dx^T = w dy^T: w (k, n), which is far larger than the rest, is then read as it lies, a few rows at a
/// time, and what is transposed is dy (m, n) once before and dx (m, k) once after.
/// </summary>
internal sealed unsafe class TransposedProduct : ISimdTwin
{
    public required string Name { get; init; }

    public required float* Dy { get; init; }

    public required float* W { get; init; }

    public required float* Dx { get; init; }

    public required int M { get; init; }

    public required int K { get; init; }

    public required int N { get; init; }

    public required Activation Activation { get; init; }

    /// <summary>The sums a, or the outputs f(a), that f' is taken from, (m, k); not read where the activation is the identity.</summary>
    public float* Kept { get; init; }

    /// <summary>dy^T in panels of samples: <see cref="PanelFloats"/> floats that <see cref="SamplePanels"/> writes.</summary>
    public required float* Panels { get; init; }

    /// <summary>Room for the panels of any vector width.</summary>
    public static int PanelFloats(int m, int n) => checked((m + WidestPanel - 1) / WidestPanel * WidestPanel * n);

    private const int WidestPanel = 64;

    /// <inheritdoc/>
    public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        new TransposedProductLaunch<TSimd, TVector>(cpu, this,
            BlockEpilogue.Gradient<TSimd, TVector>(Activation, new() { Kept = Kept, C = Dx, Columns = K }));
}

/// <summary>Writes the panels of a <see cref="TransposedProduct"/>: panel p holds, for each column of dy, the samples that one tile takes.</summary>
internal sealed class SamplePanels(TransposedProduct product) : ISimdTwin
{
    /// <inheritdoc/>
    public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        new PanelLaunch<TSimd, TVector>(cpu, product);

    /// <inheritdoc/>
    public string Name => $"{product.Name}-panels";

    private sealed unsafe class PanelLaunch<TSimd, TVector>(CpuAccelerator cpu, TransposedProduct product)
        : CpuLaunch(cpu, $"{product.Name}-panels", PanelsOf(product.M) * Cuts, 8L * product.M * product.N)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        /// <summary>Parts of a panel.</summary>
        private const int Cuts = 4;

        private static int PanelColumns => PanelTiles<TSimd, TVector, FreshTile, RowMajor>.PanelColumns;

        public override void RunPart(int part)
        {
            var first = part / Cuts * PanelColumns;
            var (begin, end) = RowRange(product.N, Cuts, part % Cuts);
            Panels.Transpose(product.Dy + ((long)first * product.N) + begin, product.N, Math.Min(PanelColumns, product.M - first), PanelColumns,
                end - begin, product.Panels + ((long)first * product.N) + ((long)begin * PanelColumns), PanelColumns);
        }

        private static int PanelsOf(int samples) => (samples + PanelColumns - 1) / PanelColumns;
    }
}

/// <summary>
/// A <see cref="TransposedProduct"/> cut into blocks of samples and groups of rows of w. The rows change first: a block's panels then stay in the
/// second-level cache while w passes, as they do where one block has all samples.
/// </summary>
internal sealed unsafe class TransposedProductLaunch<TSimd, TVector>(CpuAccelerator cpu, TransposedProduct product, IBlockEpilogue? epilogue)
    : CpuLaunch(cpu, product.Name, BlocksOf(product.M) * RowPartsOf(product), 2L * product.M * product.K * product.N)
    where TSimd : struct, ISimd<TVector> where TVector : struct
{
    /// <summary>So many parts that the last one to end is a small share of the whole, where there are enough rows.</summary>
    private const int UsualParts = 32;

    /// <summary>Tiles of a part at most, and samples that are worked on together: their sums lie on the stack.</summary>
    private const int MostTiles = 8;
    private const int SampleBlock = 128;

    /// <summary>The longest run of a sum at a time: the samples' panels of it stay in the second-level cache while rows of w change.</summary>
    private const int DepthBlock = 512;

    private readonly BlockTiles<TSimd, TVector, RowMajor> _tiles = new();

    private static int PanelColumns => PanelTiles<TSimd, TVector, FreshTile, RowMajor>.PanelColumns;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override void RunPart(int part)
    {
        var tileCount = TilesOf(product.K);
        var rowParts = RowPartsOf(product);
        var (firstTile, endTile) = RowRange(tileCount, rowParts, part % rowParts);
        var (first, end) = (RowRange(product.K, tileCount, firstTile).First, RowRange(product.K, tileCount, endTile - 1).End);
        var scratch = stackalloc byte[(MostTiles * HighestTile * SampleBlock * sizeof(float)) + 64];
        var sums = (float*)(((nint)scratch + 63) & ~63);
        var sample = part / rowParts * SampleBlock;
        var samples = Math.Min(SampleBlock, product.M - sample);
        RunSamples(firstTile, endTile, sample, samples, sums);
        Panels.Transpose(sums, SampleBlock, end - first, end - first, samples, product.Dx + ((long)sample * product.K) + first, product.K);
        epilogue?.Apply(sample, sample + samples, first, end);
    }

    private static int HighestTile => PanelTiles<TSimd, TVector, FreshTile, RowMajor>.HighestRows;

    private static int TilesOf(int rows) => PanelTiles<TSimd, TVector, FreshTile, RowMajor>.TilesOf(rows);

    private static int BlocksOf(int samples) => (samples + SampleBlock - 1) / SampleBlock;

    private static int RowPartsOf(TransposedProduct product)
    {
        var (tiles, blocks) = (TilesOf(product.K), BlocksOf(product.M));
        return Math.Max((tiles + MostTiles - 1) / MostTiles, Math.Min((UsualParts + blocks - 1) / blocks, tiles));
    }

    /// <summary>The sums of the part's rows of w and some samples: sums[row, sample], <see cref="SampleBlock"/> floats a row.</summary>
    private void RunSamples(int firstTile, int endTile, int sample, int samples, float* sums)
    {
        var blocks = (product.N + DepthBlock - 1) / DepthBlock;
        for (var block = 0; block < blocks; block++)
        {
            var (k, end) = RowRange(product.N, blocks, block);
            for (var column = 0; column < samples; column += PanelColumns)
            {
                var work = new TileWork
                {
                    ARow = product.N * (nint)sizeof(float),
                    AStep = sizeof(float),
                    B = product.Panels + ((long)(sample + column) * product.N) + ((long)k * PanelColumns),
                    BStep = PanelColumns * sizeof(float),
                    CRow = SampleBlock * sizeof(float),
                    Depth = end - k,
                };
                work.Ahead = (byte*)work.B;
                RunPanel(ref work, firstTile, endTile, k, sums + column, Math.Min((samples - column + TSimd.Width - 1) / TSimd.Width * TSimd.Width, PanelColumns));
            }
        }
    }

    private void RunPanel(ref TileWork work, int firstTile, int endTile, int k, float* sums, int columns)
    {
        var tileCount = TilesOf(product.K);
        var origin = RowRange(product.K, tileCount, firstTile).First;
        for (var tile = firstTile; tile < endTile; tile++)
        {
            var (row, end) = RowRange(product.K, tileCount, tile);
            work.A = product.W + ((long)row * product.N) + k;
            work.C = sums + ((long)(row - origin) * SampleBlock);
            _tiles.Run(ref work, end - row, columns, continues: k > 0);
        }
    }
}
