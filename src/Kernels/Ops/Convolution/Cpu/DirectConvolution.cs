using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A <see cref="ConvolutionForward"/> that copies no patches, cut by images. Neighbours in a row of the output see the image a stride apart, and
/// what a window sees is a run of elements for each of its rows: a tile reads both as they lie.
/// </summary>
internal sealed unsafe class DirectConvolutionLaunch<TSimd, TVector>(CpuAccelerator cpu, ConvolutionForward product, IBlockEpilogue? epilogue)
    : CpuLaunch(cpu, Convolution.ForwardName, CpuRows.Parts(product.Images), 2 * product.Shape.MultiplyAdds * product.Images)
    where TSimd : struct, ISimd<TVector> where TVector : struct
{
    /// <summary>Outputs that are worked on together: they stay in the first-level cache until they are complete.</summary>
    private const int BlockFloats = 4096;

    private readonly TileSet<TSimd, TVector, WindowTile> _tiles = new();

    private static int PanelColumns => TileSet<TSimd, TVector, WindowTile>.PanelColumns;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void RunPart(int part)
    {
        var shape = product.Shape;
        var (firstImage, endImage) = RowRange(product.Images, Parts, part);
        var work = Work(shape);
        var block = Math.Max(BlockFloats / (shape.Output.Width * shape.Filters), 1);
        for (var image = firstImage; image < endImage; image++)
        {
            for (var first = 0; first < shape.Output.Height; first += block)
            {
                var end = Math.Min(first + block, shape.Output.Height);
                for (var row = first; row < end; row++)
                {
                    RunRow(ref work, image, row);
                }

                var place = image * shape.Pixels;
                epilogue?.Apply(place + (first * shape.Output.Width), place + (end * shape.Output.Width), 0, shape.Filters);
            }
        }
    }

    private static TileWork Work(ConvolutionShape shape)
    {
        var run = shape.Kernel.Width * shape.Channels;
        return new()
        {
            ARow = shape.Stride.Width * shape.Channels * (nint)sizeof(float),
            AStep = sizeof(float),
            ARun = ((shape.Image.Width * shape.Channels) - run) * (nint)sizeof(float),
            BStep = shape.Filters * (nint)sizeof(float),
            CRow = shape.Filters * (nint)sizeof(float),
            Depth = run,
            Runs = shape.Kernel.Height,
        };
    }

    /// <summary>A row of the output: its tiles for one panel of w after another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunRow(ref TileWork work, long image, int row)
    {
        var shape = product.Shape;
        var (filters, places, step) = (shape.Filters, shape.Output.Width, shape.Stride.Width * shape.Channels);
        var x = product.X + (((image * shape.Image.Height) + (row * shape.Stride.Height)) * shape.Image.Width * shape.Channels);
        var y = product.Y + (((image * shape.Output.Height) + row) * places * filters);
        var tiles = TileSet<TSimd, TVector, WindowTile>.TilesOf(places);
        for (var column = 0; column < filters; column += PanelColumns)
        {
            work.B = product.W + column;
            work.Ahead = (byte*)work.B;
            for (var tile = 0; tile < tiles; tile++)
            {
                var (first, end) = RowRange(places, tiles, tile);
                work.A = x + ((long)first * step);
                work.C = y + ((long)first * filters) + column;
                _tiles.Run(ref work, end - first, Math.Min(PanelColumns, filters - column));
            }
        }
    }
}
