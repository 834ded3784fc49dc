namespace Gpu.Kernels.Ops;

/// <summary>Rows and columns of something two-dimensional, in pixels.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct Extent(int Height, int Width)
{
    /// <summary>As many rows as columns.</summary>
    public static Extent Square(int size) => new(size, size);

    /// <inheritdoc/>
    public override string ToString() => $"{Height}x{Width}";
}

/// <summary>
/// A window that moves over images: convolutions and poolings. Memory is channels-last: an image is height x width pixels, row after row, and
/// a pixel's channels lie side by side; a batch is a matrix with a row an image. Beyond its edges an image goes on for
/// <see cref="Padding"/> pixels on all sides, and the window stands at every <see cref="Stride"/>-th place where it fits in, counted from the
/// upper left one: floor((size + 2 padding - kernel) / stride) + 1 places, as in PyTorch 1.13 (torch.nn.Conv2d and MaxPool2d, dilation 1).
/// </summary>
public record Window
{
    /// <summary>A window.</summary>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="image">Pixels of an image.</param>
    /// <param name="kernel">Pixels of the window.</param>
    /// <param name="stride">Pixels from one place to the next.</param>
    /// <param name="padding">Pixels added on each side.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, a padding negative, the kernel larger than the padded image, or that
    /// image has more elements than can be counted.</exception>
    public Window(int channels, Extent image, Extent kernel, Extent stride, Extent padding)
    {
        (Channels, Image, Kernel, Stride, Padding) = (channels, image, kernel, stride, padding);
        RequireSize(channels >= 1, nameof(channels), channels, "1 or more");
        RequireSize(image is { Height: >= 1, Width: >= 1 }, nameof(image), image, "1x1 or more");
        RequireSize(kernel is { Height: >= 1, Width: >= 1 }, nameof(kernel), kernel, "1x1 or more");
        RequireSize(stride is { Height: >= 1, Width: >= 1 }, nameof(stride), stride, "1x1 or more");
        RequireSize(padding is { Height: >= 0, Width: >= 0 }, nameof(padding), padding, "0x0 or more");
        RequireSize(kernel.Height <= image.Height + (2L * padding.Height) && kernel.Width <= image.Width + (2L * padding.Width), nameof(kernel),
            kernel, $"at most the image with its padding, {image.Height + (2L * padding.Height)}x{image.Width + (2L * padding.Width)}");
        RequireSize((double)(image.Height + (2L * padding.Height)) * (image.Width + (2L * padding.Width)) * channels <= int.MaxValue, nameof(image),
            image, $"so small that with {channels} channels and its padding it has at most {int.MaxValue:N0} elements");
        Output = new(Places(image.Height, kernel.Height, stride.Height, padding.Height),
            Places(image.Width, kernel.Width, stride.Width, padding.Width));
    }

    /// <summary>Channels of a pixel.</summary>
    public int Channels { get; }

    /// <summary>Pixels of an image.</summary>
    public Extent Image { get; }

    /// <summary>Pixels of the window.</summary>
    public Extent Kernel { get; }

    /// <summary>Pixels from one place of the window to the next.</summary>
    public Extent Stride { get; }

    /// <summary>Pixels added on each side of an image.</summary>
    public Extent Padding { get; }

    /// <summary>Places of the window, which are the pixels of the output.</summary>
    public Extent Output { get; }

    /// <summary>Elements of an image: what a row of the batch holds.</summary>
    public int ImageLength => Image.Height * Image.Width * Channels;

    /// <summary>Places of the window in an image.</summary>
    public int Pixels => Output.Height * Output.Width;

    /// <summary>Elements under the window.</summary>
    public int PatchLength => Kernel.Height * Kernel.Width * Channels;

    private static int Places(int size, int kernel, int stride, int padding) => ((size + (2 * padding) - kernel) / stride) + 1;

    /// <summary>Throws a sentence where a size is wrong.</summary>
    protected static void RequireSize(bool holds, string name, object found, string expected)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, found, $"A window's {name} must be {expected}, it is {found}.");
        }
    }
}
