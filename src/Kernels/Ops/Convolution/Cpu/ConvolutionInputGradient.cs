using System.Runtime.InteropServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// dx on the processor: each part makes the rows of dy w^T for some places of its images and adds them to dx while they are in the cache. Narrow
/// windows go by <see cref="NarrowInputGradientLaunch{TSimd, TVector}"/>.
/// </summary>
internal sealed unsafe class ConvolutionInputGradient : ISimdTwin
{
    /// <summary>Rows of dy w^T that lie in the cache at a time.</summary>
    private const int BlockFloats = 20_000;

    private const int WidestPanel = 32;

    public required ConvolutionShape Shape { get; init; }

    public required int Images { get; init; }

    public required float* Dy { get; init; }

    public required float* W { get; init; }

    public required float* Dx { get; init; }

    public required Activation Activation { get; init; }

    /// <summary>What f' is taken from, as large as dx; not read where the activation is the identity.</summary>
    public float* Kept { get; init; }

    /// <summary>w^T in panels, which <see cref="WeightPanels"/> writes: <see cref="PanelFloats"/>; null where no window needs them.</summary>
    public required float* Panels { get; init; }

    /// <summary><see cref="ScratchFloats"/>.</summary>
    public required float* Scratch { get; init; }

    /// <summary>Places of a block: a multiple of the highest tile.</summary>
    public int BlockRows => RowsOf(Shape);

    /// <summary>Floats from one row of dy w^T to the next: whole panels of any width.</summary>
    public int PatchRow => PatchRowOf(Shape);

    public static int PanelFloats(ConvolutionShape shape) => NarrowBands.Fit(shape) ? 0 : checked(PatchRowOf(shape) * shape.Filters);

    public static int ScratchFloats(ConvolutionShape shape, int images) =>
        checked((NarrowBands.Fit(shape) ? new NarrowBands(shape).PartFloats : RowsOf(shape) * PatchRowOf(shape)) * CpuRows.Parts(images));

    private static int RowsOf(ConvolutionShape shape) => Math.Clamp(BlockFloats / shape.PatchLength / 12 * 12, 24, 480);

    private static int PatchRowOf(ConvolutionShape shape) => checked((shape.PatchLength + WidestPanel - 1) / WidestPanel * WidestPanel);

    /// <inheritdoc/>
    public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var epilogue = BlockEpilogue.Gradient<TSimd, TVector>(Activation, new() { Kept = Kept, C = Dx, Columns = Shape.ImageLength });
        return NarrowBands.Fit(Shape)
            ? new NarrowInputGradientLaunch<TSimd, TVector>(cpu, this, epilogue) { Rows = Images }
            : new ConvolutionInputGradientLaunch<TSimd, TVector>(cpu, this, epilogue) { Rows = Images };
    }
}

/// <summary>Writes the panels of a <see cref="ConvolutionInputGradient"/>: panel p holds, for each filter, the weights that one tile takes.</summary>
internal sealed class WeightPanels(ConvolutionInputGradient product) : ISimdTwin
{
    /// <inheritdoc/>
    public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        new PanelLaunch<TSimd, TVector>(cpu, product);

    private sealed unsafe class PanelLaunch<TSimd, TVector>(CpuAccelerator cpu, ConvolutionInputGradient product)
        : CpuLaunch(cpu, $"{Convolution.InputGradientName}-panels", (product.Shape.PatchLength + PanelColumns - 1) / PanelColumns, 8L * product.Shape.WeightLength)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private static int PanelColumns => TileSet<TSimd, TVector, FreshTile>.PanelColumns;

        public override void RunPart(int part)
        {
            var (first, filters) = (part * PanelColumns, product.Shape.Filters);
            Panels.Transpose(product.W + ((long)first * filters), filters, Math.Min(PanelColumns, product.Shape.PatchLength - first), PanelColumns,
                filters, product.Panels + ((long)first * filters), PanelColumns);
        }
    }
}

/// <summary>A <see cref="ConvolutionInputGradient"/> cut by images.</summary>
internal sealed unsafe class ConvolutionInputGradientLaunch<TSimd, TVector>(CpuAccelerator cpu, ConvolutionInputGradient product,
    IBlockEpilogue? epilogue)
    : CpuLaunch(cpu, Convolution.InputGradientName, CpuRows.Parts(product.Images), 2 * product.Shape.MultiplyAdds * product.Images)
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
        var patches = product.Scratch + ((long)part * product.BlockRows * product.PatchRow);
        NativeMemory.Clear(product.Dx + ((long)firstImage * shape.ImageLength), (nuint)(endImage - firstImage) * (nuint)shape.ImageLength * sizeof(float));
        var blocks = (rows + product.BlockRows - 1) / product.BlockRows;
        for (var block = 0; block < blocks; block++)
        {
            var (begin, end) = RowRange(rows, blocks, block);
            RunBlock(patches, first + begin, end - begin);
            Patches.Add<TSimd, TVector>(shape, patches, product.PatchRow, first + begin, first + end, product.Dx);
        }

        epilogue?.Apply(firstImage, endImage, 0, shape.ImageLength);
    }

    private void RunBlock(float* patches, int firstRow, int rows)
    {
        var (patch, filters) = (product.Shape.PatchLength, product.Shape.Filters);
        var work = new TileWork
        {
            ARow = filters * (nint)sizeof(float),
            AStep = sizeof(float),
            BStep = PanelColumns * sizeof(float),
            CRow = product.PatchRow * (nint)sizeof(float),
            Depth = filters,
        };
        var tiles = TileSet<TSimd, TVector, FreshTile>.TilesOf(rows);
        for (var column = 0; column < patch; column += PanelColumns)
        {
            work.B = product.Panels + ((long)column * filters);
            work.Ahead = (byte*)work.B;
            for (var tile = 0; tile < tiles; tile++)
            {
                var (first, end) = RowRange(rows, tiles, tile);
                work.A = product.Dy + ((long)(firstRow + first) * filters);
                work.C = patches + ((long)first * product.PatchRow) + column;
                _tiles.RunPadded(ref work, end - first, patch - column);
            }
        }
    }
}
