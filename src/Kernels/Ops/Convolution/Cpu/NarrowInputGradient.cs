using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A <see cref="ConvolutionInputGradient"/> of windows on few channels that are narrower than vectors, cut by images. Rows of dy w^T, a few
/// elements each, added where the row before was just stored, would wait for each other; here it is w dy^T that is made, neighbouring places
/// side by side for each element of a window, and every element of dx is added up from these in a register, in the same order. Several channels
/// are added up apart and put between each other when an image is done.
/// </summary>
internal sealed unsafe class NarrowInputGradientLaunch<TSimd, TVector>(CpuAccelerator cpu, ConvolutionInputGradient product, IBlockEpilogue? epilogue)
    : CpuLaunch(cpu, Convolution.InputGradientName, CpuRows.Parts(product.Images), 2 * product.Shape.MultiplyAdds * product.Images)
    where TSimd : struct, ISimd<TVector> where TVector : struct
{
    private readonly TileSet<TSimd, TVector, FreshTile> _tiles = new();
    private readonly NarrowBands _bands = new(product.Shape);

    private static int PanelColumns => TileSet<TSimd, TVector, FreshTile>.PanelColumns;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void RunPart(int part)
    {
        var shape = product.Shape;
        var (firstImage, endImage) = RowRange(product.Images, Parts, part);
        var memory = _bands.Divide(product.Scratch + ((long)part * _bands.PartFloats));
        for (var image = firstImage; image < endImage; image++)
        {
            var dx = product.Dx + ((long)image * shape.ImageLength);
            var planes = shape.Channels == 1 ? dx : memory.Planes;
            NativeMemory.Clear(planes, (nuint)shape.ImageLength * sizeof(float));
            for (var band = 0; band < _bands.Count; band++)
            {
                var (first, end) = RowRange(shape.Output.Height, _bands.Count, band);
                var place = ((long)image * shape.Pixels) + (first * shape.Output.Width);
                Multiply(product.Dy + (place * shape.Filters), (end - first) * shape.Output.Width, memory);
                Gather(memory, first, end, planes);
            }

            if (shape.Channels > 1)
            {
                Mix(planes, shape.Image.Height * shape.Image.Width, shape.Channels, dx);
            }
        }

        epilogue?.Apply(firstImage, endImage, 0, shape.ImageLength);
    }

    /// <summary>w dy^T for some places: a panel of dy^T at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(float* dy, int places, in NarrowMemory memory)
    {
        var (elements, filters) = (product.Shape.PatchLength, product.Shape.Filters);
        var work = new TileWork
        {
            ARow = filters * (nint)sizeof(float),
            AStep = sizeof(float),
            B = memory.Panel,
            BStep = PanelColumns * sizeof(float),
            CRow = _bands.RowFloats * (nint)sizeof(float),
            Depth = filters,
            Ahead = (byte*)memory.Panel,
        };
        var tiles = TileSet<TSimd, TVector, FreshTile>.TilesOf(elements);
        for (var column = 0; column < places; column += PanelColumns)
        {
            var columns = Math.Min(PanelColumns, places - column);
            Panels.Transpose(dy + ((long)column * filters), filters, columns, PanelColumns, filters, memory.Panel, PanelColumns);
            for (var tile = 0; tile < tiles; tile++)
            {
                var (first, end) = RowRange(elements, tiles, tile);
                work.A = product.W + ((long)first * filters);
                work.C = memory.Rows + ((long)first * _bands.RowFloats) + column;
                _tiles.RunPadded(ref work, end - first, columns);
            }
        }
    }

    /// <summary>Planes of channels become pixels of channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Mix(float* planes, nint pixels, nint channels, float* dx)
    {
        for (nint channel = 0; channel < channels; channel++)
        {
            for (nint pixel = 0; pixel < pixels; pixel++)
            {
                dx[(pixel * channels) + channel] = planes[(channel * pixels) + pixel];
            }
        }
    }

    /// <summary>Adds what rows <paramref name="first"/> to <paramref name="end"/> of the output give to the planes of an image.</summary>
    private void Gather(in NarrowMemory memory, int first, int end, float* planes)
    {
        var shape = product.Shape;
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            Gather(memory, first, end, channel, planes + ((long)channel * shape.Image.Height * shape.Image.Width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(in NarrowMemory memory, int first, int end, int channel, float* plane)
    {
        var shape = product.Shape;
        for (var line = 0; line < shape.Image.Height; line++)
        {
            var top = line + shape.Padding.Height;
            var (begin, stop) = (Math.Max(first, top - shape.Kernel.Height + 1), Math.Min(end, top + 1));
            if (begin < stop)
            {
                var element = ((((top - begin + 1) * shape.Kernel.Width) - 1) * shape.Channels) + channel;
                var source = memory.Rows + ((long)element * _bands.RowFloats) + ((begin - first) * shape.Output.Width);
                AddLine(source, memory.Inside, stop - begin, plane + ((long)line * shape.Image.Width));
            }
        }
    }

    /// <summary>
    /// Adds rows of the output, downwards, to a line of the image; the places that reach a pixel, from the left, see it with elements of their
    /// windows backwards.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddLine(float* source, float* inside, int outputRows, float* target)
    {
        var shape = product.Shape;
        nint kernel = shape.Kernel.Width, step = 1 - ((nint)_bands.RowFloats * shape.Channels);
        nint width = shape.Image.Width, nextRow = shape.Output.Width - kernel, lead = shape.Padding.Width - kernel + 1;
        for (nint column = 0; column < width; column += TSimd.Width)
        {
            var count = (int)Math.Min(TSimd.Width, width - column);
            var sum = count == TSimd.Width ? TSimd.Load(target + column) : TSimd.LoadPartial(target + column, count);
            var from = source + column + lead;
            for (var row = outputRows; row > 0; row--)
            {
                for (nint k = 0; k < kernel; k++)
                {
                    sum = TSimd.Add(sum, TSimd.SelectPositive(TSimd.Load(inside + column + lead + k), TSimd.Load(from), TSimd.Zero));
                    from += step;
                }

                from += nextRow;
            }

            if (count == TSimd.Width)
            {
                TSimd.Store(target + column, sum);
            }
            else
            {
                TSimd.StorePartial(target + column, sum, count);
            }
        }
    }
}

/// <summary>What a part of a <see cref="NarrowInputGradientLaunch{TSimd, TVector}"/> works in.</summary>
internal readonly unsafe struct NarrowMemory
{
    /// <summary>(filters, columns of a panel): some places of dy^T.</summary>
    public required float* Panel { get; init; }

    /// <summary>(patch length, places of a band): w dy^T.</summary>
    public required float* Rows { get; init; }

    /// <summary>(channels, height, width): dx of an image; nothing where there is one channel, whose place is dx itself.</summary>
    public required float* Planes { get; init; }

    /// <summary>1 from place 0 of a row of the output to its last, 0 before and behind.</summary>
    public required float* Inside { get; init; }
}

/// <summary>The bands of rows of the output that a <see cref="NarrowInputGradientLaunch{TSimd, TVector}"/> makes at a time, and their memory.</summary>
internal sealed unsafe class NarrowBands
{
    /// <summary>Floats of a band: they stay in the first-level cache.</summary>
    private const int BandFloats = 8_192;

    private const int WidestPanel = 32;

    private const int WidestVector = 16;

    /// <summary>Channels from which rows of a window are long enough to be added as they are.</summary>
    private const int MostChannels = 4;

    private readonly ConvolutionShape _shape;

    /// <summary>Bands for a window that <see cref="Fit"/> it.</summary>
    public NarrowBands(ConvolutionShape shape)
    {
        _shape = shape;
        var rows = Math.Clamp(BandFloats / (shape.PatchLength * shape.Output.Width), 1, shape.Output.Height);
        Count = (shape.Output.Height + rows - 1) / rows;
        RowFloats = checked(((rows * shape.Output.Width) + WidestPanel - 1) / WidestPanel * WidestPanel);
        PartFloats = checked((shape.Filters * WidestPanel) + (shape.PatchLength * RowFloats) + ((InsideFloats + PlaneFloats + WidestPanel - 1) / WidestPanel * WidestPanel));
    }

    /// <summary>Bands of an image.</summary>
    public int Count { get; }

    /// <summary>Floats from one element of the window to the next.</summary>
    public int RowFloats { get; }

    /// <summary>A part's scratch memory: whole panels, so that vectors lie in one line of the cache in every part.</summary>
    public int PartFloats { get; }

    /// <summary>Places of a row of the output, those that windows reach beyond its ends, and what a vector reads beyond these.</summary>
    private int InsideFloats => checked(_shape.Output.Width + (2 * (_shape.Kernel.Width - 1)) + WidestVector);

    private int PlaneFloats => _shape.Channels == 1 ? 0 : _shape.ImageLength;

    /// <summary>Whether a row of the window is less than a vector, and neighbours overlap by all but one element.</summary>
    public static bool Fit(ConvolutionShape shape) =>
        shape.Channels <= MostChannels && shape.Stride == Extent.Square(1) && shape.Kernel.Width < WidestVector;

    /// <summary>Divides a part's scratch memory. The rows, of which a few floats on either side are read too, lie between the others.</summary>
    public NarrowMemory Divide(float* scratch)
    {
        var rows = scratch + ((long)_shape.Filters * WidestPanel);
        var inside = rows + ((long)_shape.PatchLength * RowFloats);
        var places = new Span<float>(inside, InsideFloats);
        places.Clear();
        places.Slice(_shape.Kernel.Width - 1, _shape.Output.Width).Fill(1);
        return new() { Panel = scratch, Rows = rows, Inside = inside + _shape.Kernel.Width - 1, Planes = inside + InsideFloats };
    }
}
