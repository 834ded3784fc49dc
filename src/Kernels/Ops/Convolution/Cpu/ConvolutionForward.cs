using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// y = f(patches(x) w + bias) on the processor. Small windows take their products from the images as they lie, since copying patches would take as
/// long as the products; else each part copies the patches of some places, multiplies them and goes on.
/// </summary>
internal sealed unsafe class ConvolutionForward : ISimdTwin
{
    /// <summary>Patches of a block: they stay in a core's cache while the panels of w change.</summary>
    private const int BlockFloats = 20_000;

    private const int MostDirectWeights = 4096;

    private const int LeastDirectWidth = 8;

    public required ConvolutionShape Shape { get; init; }

    public required int Images { get; init; }

    public required float* X { get; init; }

    public required float* W { get; init; }

    public required float* Y { get; init; }

    public required Activation Activation { get; init; }

    /// <summary>(filters), where it is given.</summary>
    public float* Bias { get; init; }

    /// <summary>What f is taken of, as large as y, where it is to be kept.</summary>
    public float* Sums { get; init; }

    /// <summary><see cref="ScratchFloats"/>.</summary>
    public required float* Scratch { get; init; }

    /// <summary>Places of a block: a multiple of the highest tile.</summary>
    public int BlockRows => RowsOf(Shape);

    /// <summary>A part's scratch memory.</summary>
    public int PartFloats => PartFloatsOf(Shape);

    /// <summary>
    /// Whether nothing is copied: no window sees padding, all weights stay in the first-level cache beside a row of the image, and a row of
    /// the output is wide enough for tiles, which lie in one row each.
    /// </summary>
    public static bool IsDirect(ConvolutionShape shape) =>
        shape.Padding == default && shape.WeightLength <= MostDirectWeights && shape.Output.Width >= LeastDirectWidth;

    public static int ScratchFloats(ConvolutionShape shape, int images) =>
        IsDirect(shape) ? 0 : checked(PartFloatsOf(shape) * CpuRows.Parts(images));

    private static int RowsOf(ConvolutionShape shape) => Math.Clamp(BlockFloats / shape.PatchLength / 12 * 12, 24, 480);

    private static int PartFloatsOf(ConvolutionShape shape) => checked((RowsOf(shape) * shape.PatchLength) + Patches.Slack);

    /// <inheritdoc/>
    public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var epilogue = BlockEpilogue.Forward<TSimd, TVector>(Activation, new() { Bias = Bias, Sums = Sums, C = Y, Columns = Shape.Filters });
        return IsDirect(Shape)
            ? new DirectConvolutionLaunch<TSimd, TVector>(cpu, this, epilogue) { Rows = Images }
            : new ConvolutionForwardLaunch<TSimd, TVector>(cpu, this, epilogue) { Rows = Images };
    }
}

/// <summary>A <see cref="ConvolutionForward"/> cut by images.</summary>
internal sealed unsafe class ConvolutionForwardLaunch<TSimd, TVector>(CpuAccelerator cpu, ConvolutionForward product, IBlockEpilogue? epilogue)
    : CpuLaunch(cpu, Convolution.ForwardName, CpuRows.Parts(product.Images), 2 * product.Shape.MultiplyAdds * product.Images)
    where TSimd : struct, ISimd<TVector> where TVector : struct
{
    private readonly TileSet<TSimd, TVector, FreshTile> _tiles = new();

    private static int PanelColumns => TileSet<TSimd, TVector, FreshTile>.PanelColumns;

    /// <inheritdoc/>
    public override void RunPart(int part)
    {
        var shape = product.Shape;
        var (firstImage, endImage) = RowRange(product.Images, Parts, part);
        var (first, rows) = (firstImage * shape.Pixels, (endImage - firstImage) * shape.Pixels);
        var patches = product.Scratch + ((long)part * product.PartFloats);
        var blocks = (rows + product.BlockRows - 1) / product.BlockRows;
        for (var block = 0; block < blocks; block++)
        {
            var (begin, end) = RowRange(rows, blocks, block);
            Patches.Copy<TSimd, TVector>(shape, product.X, first + begin, first + end, patches, shape.PatchLength);
            RunBlock(patches, first + begin, end - begin);
            epilogue?.Apply(first + begin, first + end, 0, shape.Filters);
        }
    }

    private void RunBlock(float* patches, int firstRow, int rows)
    {
        var (depth, filters) = (product.Shape.PatchLength, product.Shape.Filters);
        var work = new TileWork
        {
            ARow = depth * (nint)sizeof(float),
            AStep = sizeof(float),
            BStep = filters * (nint)sizeof(float),
            CRow = filters * (nint)sizeof(float),
            Depth = depth,
        };
        var tiles = TileSet<TSimd, TVector, FreshTile>.TilesOf(rows);
        for (var column = 0; column < filters; column += PanelColumns)
        {
            work.B = product.W + column;
            work.Ahead = (byte*)work.B;
            for (var tile = 0; tile < tiles; tile++)
            {
                var (first, end) = RowRange(rows, tiles, tile);
                work.A = patches + ((long)first * depth);
                work.C = product.Y + ((long)(firstRow + first) * filters) + column;
                _tiles.Run(ref work, end - first, Math.Min(PanelColumns, filters - column));
            }
        }
    }
}
