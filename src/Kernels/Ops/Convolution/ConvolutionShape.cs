namespace Gpu.Kernels.Ops;

/// <summary>
/// The sizes of a convolution: a window whose elements are multiplied by weights and summed, for each filter. Weights are a matrix
/// (<see cref="Window.PatchLength"/>, <see cref="Filters"/>) whose row (kh * kernel width + kw) * channels + c belongs to channel c of the
/// window's pixel (kh, kw). A batch of outputs is a matrix (images, <see cref="OutputLength"/>), which is also the matrix
/// (images * <see cref="Window.Pixels"/>, filters): channels-last again.
/// </summary>
public sealed record ConvolutionShape : Window
{
    /// <summary>A convolution.</summary>
    /// <param name="channels">Channels of a pixel of the input.</param>
    /// <param name="image">Pixels of an image.</param>
    /// <param name="filters">Channels of a pixel of the output.</param>
    /// <param name="kernel">Pixels of the window.</param>
    /// <param name="stride">Pixels from one place to the next.</param>
    /// <param name="padding">Zeros added on each side.</param>
    /// <exception cref="ArgumentOutOfRangeException">See <see cref="Window(int, Extent, Extent, Extent, Extent)"/>; and there are fewer filters
    /// than one, or more outputs or weights than can be counted.</exception>
    public ConvolutionShape(int channels, Extent image, int filters, Extent kernel, Extent stride, Extent padding)
        : base(channels, image, kernel, stride, padding)
    {
        Filters = filters;
        RequireSize(filters >= 1, nameof(filters), filters, "1 or more");
        RequireSize((long)filters * Pixels <= int.MaxValue && (long)filters * PatchLength <= int.MaxValue, nameof(filters), filters,
            $"so few that outputs and weights are at most {int.MaxValue:N0}");
    }

    /// <summary>Channels of a pixel of the output.</summary>
    public int Filters { get; }

    /// <summary>Elements of an image of the output: what a row of its batch holds.</summary>
    public int OutputLength => Pixels * Filters;

    /// <summary>Elements of the weights.</summary>
    public int WeightLength => PatchLength * Filters;

    /// <summary>Multiply-adds of an image's forward pass, those with padding counted.</summary>
    public long MultiplyAdds => (long)Pixels * PatchLength * Filters;

    /// <summary>The convolution in short, as cases and messages name it.</summary>
    public override string ToString() =>
        $"{Kernel}x{Filters} on {Image}x{Channels}" + (Stride == Extent.Square(1) ? "" : $" stride {Stride}") +
        (Padding == default ? "" : $" padding {Padding}");
}
