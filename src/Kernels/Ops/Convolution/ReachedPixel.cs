namespace Gpu.Kernels.Ops;

/// <summary>An element of a batch of images, and the places from which the window reaches it: what the ways back of windows gather from.</summary>
internal struct ReachedPixel
{
    internal int Image;
    internal int Channel;

    /// <summary>Where the pixel lies in the padded image.</summary>
    internal int Row;
    internal int Column;
    internal int FirstRow;
    internal int LastRow;
    internal int FirstColumn;
    internal int LastColumn;

    /// <summary>The element (image * pixels of an image + pixel) * channels + channel.</summary>
    internal static ReachedPixel Of(WindowSizes s, int element)
    {
        var pixel = Divisor.Quotient(s.Channels, element);
        var line = Divisor.Quotient(s.Width, pixel);
        var image = Divisor.Quotient(s.Height, line);
        var row = line - (image * s.Height.Value) + s.PaddingHeight;
        var column = pixel - (line * s.Width.Value) + s.PaddingWidth;
        return new ReachedPixel
        {
            Image = image,
            Channel = element - (pixel * s.Channels.Value),
            Row = row,
            Column = column,
            FirstRow = FirstPlace(row, s.KernelHeight, s.StrideHeight),
            LastRow = LastPlace(row, s.StrideHeight, s.OutputHeight),
            FirstColumn = FirstPlace(column, s.KernelWidth, s.StrideWidth),
            LastColumn = LastPlace(column, s.StrideWidth, s.OutputWidth),
        };
    }

    /// <summary>The pixel of the outputs at a place.</summary>
    internal static int Place(WindowSizes s, ReachedPixel pixel, int row, int column) =>
        (((pixel.Image * s.OutputHeight.Value) + row) * s.OutputWidth.Value) + column;

    /// <summary>The pixel of the window that lies on the pixel when it stands at a place.</summary>
    internal static int Under(WindowSizes s, ReachedPixel pixel, int row, int column) =>
        ((pixel.Row - (row * s.StrideHeight.Value)) * s.KernelWidth.Value) + pixel.Column - (column * s.StrideWidth.Value);

    private static int FirstPlace(int at, Divisor kernel, Divisor stride) =>
        at < kernel.Value ? 0 : Divisor.Quotient(stride, at - kernel.Value + stride.Value);

    private static int LastPlace(int at, Divisor stride, Divisor places) => KernelMath.Min(Divisor.Quotient(stride, at), places.Value - 1);
}
