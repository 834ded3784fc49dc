using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// dw = patches(x)^T dy and db = the column sums of dy on the processor. Each part of the images makes a dw of its own, and
/// <see cref="ConvolutionGradientSum"/> adds them. A patch has one more element, which is 1: its row of dw is db.
/// </summary>
internal sealed unsafe class ConvolutionGradient : ISimdTwin
{
    /// <summary>Patches of a block: the longer, the less often sums are loaded and stored; they stay in the second-level cache.</summary>
    private const int BlockFloats = 32_768;

    /// <summary>Columns of a part's sums are a multiple of the widest panel.</summary>
    private const int WidestPanel = 32;

    public required ConvolutionShape Shape { get; init; }

    public required int Images { get; init; }

    public required float* X { get; init; }

    public required float* Dy { get; init; }

    public required float* Dw { get; init; }

    /// <summary>(filters), where it is asked for.</summary>
    public float* Db { get; init; }

    /// <summary><see cref="ScratchFloats"/>.</summary>
    public required float* Scratch { get; init; }

    /// <summary>Elements of a patch and the 1.</summary>
    public int PatchRow => Shape.PatchLength + 1;

    /// <summary>Places of a block.</summary>
    public int BlockRows => RowsOf(Shape);

    /// <summary>A part's scratch memory: sums, then patches.</summary>
    public int PartFloats => PartFloatsOf(Shape);

    /// <summary>Floats of a part's sums.</summary>
    public int SumFloats => SumFloatsOf(Shape);

    /// <summary>Floats from one row of the sums to the next.</summary>
    public int SumRow => SumRowOf(Shape);

    public static int ScratchFloats(ConvolutionShape shape, int images) => checked(PartFloatsOf(shape) * CpuRows.Parts(images));

    private static int RowsOf(ConvolutionShape shape) => Math.Clamp(BlockFloats / (shape.PatchLength + 1), 16, 512);

    private static int SumRowOf(ConvolutionShape shape) => (shape.Filters + WidestPanel - 1) / WidestPanel * WidestPanel;

    private static int SumFloatsOf(ConvolutionShape shape) => checked((shape.PatchLength + 1) * SumRowOf(shape));

    private static int PartFloatsOf(ConvolutionShape shape) =>
        checked(SumFloatsOf(shape) + (RowsOf(shape) * (shape.PatchLength + 1)) + Patches.Slack);

    /// <inheritdoc/>
    public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        new ConvolutionGradientLaunch<TSimd, TVector>(cpu, this) { Rows = Images };
}

/// <summary>A <see cref="ConvolutionGradient"/> cut by images.</summary>
internal sealed unsafe class ConvolutionGradientLaunch<TSimd, TVector>(CpuAccelerator cpu, ConvolutionGradient product)
    : CpuLaunch(cpu, Convolution.GradientName, CpuRows.Parts(product.Images), 2 * product.Shape.MultiplyAdds * product.Images)
    where TSimd : struct, ISimd<TVector> where TVector : struct
{
    private readonly TileSet<TSimd, TVector, FreshTile> _fresh = new();
    private readonly TileSet<TSimd, TVector, ContinuedTile> _continued = new();

    private static int PanelColumns => TileSet<TSimd, TVector, FreshTile>.PanelColumns;

    /// <inheritdoc/>
    public override void RunPart(int part)
    {
        var shape = product.Shape;
        var (firstImage, endImage) = RowRange(product.Images, Parts, part);
        var (first, rows) = (firstImage * shape.Pixels, (endImage - firstImage) * shape.Pixels);
        var sums = product.Scratch + ((long)part * product.PartFloats);
        var patches = sums + product.SumFloats;
        var blocks = (rows + product.BlockRows - 1) / product.BlockRows;
        for (var block = 0; block < blocks; block++)
        {
            var (begin, end) = RowRange(rows, blocks, block);
            Patches.Copy<TSimd, TVector>(shape, product.X, first + begin, first + end, patches, product.PatchRow);
            for (var row = 0; row < end - begin; row++)
            {
                patches[((row + 1) * product.PatchRow) - 1] = 1;
            }

            RunBlock(patches, first + begin, end - begin, sums, block > 0);
        }
    }

    /// <summary>The tiles of all sums: the patches' elements of a tile stay in the first-level cache while panels of dy change.</summary>
    private void RunBlock(float* patches, int firstRow, int rows, float* sums, bool continues)
    {
        var filters = product.Shape.Filters;
        var work = new TileWork
        {
            ARow = sizeof(float),
            AStep = product.PatchRow * (nint)sizeof(float),
            BStep = filters * (nint)sizeof(float),
            CRow = product.SumRow * (nint)sizeof(float),
            Depth = rows,
        };
        var tiles = TileSet<TSimd, TVector, FreshTile>.TilesOf(product.PatchRow);
        for (var tile = 0; tile < tiles; tile++)
        {
            var (first, end) = RowRange(product.PatchRow, tiles, tile);
            work.A = patches + first;
            for (var column = 0; column < filters; column += PanelColumns)
            {
                work.B = product.Dy + ((long)firstRow * filters) + column;
                work.Ahead = (byte*)work.B;
                work.C = sums + ((long)first * product.SumRow) + column;
                if (continues)
                {
                    _continued.RunPadded(ref work, end - first, filters - column);
                }
                else
                {
                    _fresh.RunPadded(ref work, end - first, filters - column);
                }
            }
        }
    }
}

/// <summary>Adds the parts of a <see cref="ConvolutionGradient"/>, from the first to the last.</summary>
internal sealed class ConvolutionGradientSum(ConvolutionGradient product) : ISimdTwin
{
    /// <inheritdoc/>
    public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        new SumLaunch<TSimd, TVector>(cpu, product);

    /// <summary>Cut by rows of dw, of which db is the last.</summary>
    private sealed unsafe class SumLaunch<TSimd, TVector>(CpuAccelerator cpu, ConvolutionGradient product)
        : CpuLaunch(cpu, $"{Convolution.GradientName}-sum", Math.Clamp(product.SumFloats / FloatsPerPart, 1, 8), 4L * product.SumFloats * CpuRows.Parts(product.Images))
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private const int FloatsPerPart = 4096;

        public override void RunPart(int part)
        {
            var filters = product.Shape.Filters;
            var (first, end) = RowRange(product.PatchRow, Parts, part);
            for (var row = first; row < end; row++)
            {
                var target = row < product.Shape.PatchLength ? product.Dw + ((long)row * filters) : product.Db;
                for (var column = 0; target != null && column < filters; column += TSimd.Width)
                {
                    Add(product.Scratch + ((long)row * product.SumRow) + column, target + column, Math.Min(TSimd.Width, filters - column));
                }
            }
        }

        private void Add(float* source, float* target, int count)
        {
            var sum = TSimd.Load(source);
            var parts = CpuRows.Parts(product.Images);
            for (var p = 1; p < parts; p++)
            {
                sum = TSimd.Add(sum, TSimd.Load(source + ((long)p * product.PartFloats)));
            }

            if (count == TSimd.Width)
            {
                TSimd.Store(target, sum);
            }
            else
            {
                TSimd.StorePartial(target, sum, count);
            }
        }
    }
}
