using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

public class WindowTests
{
    /// <summary>What torch.nn.Conv2d of PyTorch 1.13 makes of the same sizes.</summary>
    [Theory]
    [InlineData(28, 28, 5, 5, 1, 1, 0, 0, 24, 24)]
    [InlineData(12, 12, 5, 5, 1, 1, 0, 0, 8, 8)]
    [InlineData(28, 28, 3, 3, 2, 2, 1, 1, 14, 14)]
    [InlineData(7, 9, 3, 2, 2, 3, 1, 0, 4, 3)]
    [InlineData(5, 5, 5, 5, 1, 1, 0, 0, 1, 1)]
    [InlineData(2, 3, 4, 3, 1, 2, 1, 2, 1, 3)]
    [InlineData(6, 6, 2, 2, 5, 7, 0, 0, 1, 1)]
    public void Places_are_counted_as_PyTorch_does(int height, int width, int kernelHeight, int kernelWidth, int strideHeight, int strideWidth,
        int paddingHeight, int paddingWidth, int outputHeight, int outputWidth)
    {
        var window = new Window(3, new(height, width), new(kernelHeight, kernelWidth), new(strideHeight, strideWidth),
            new(paddingHeight, paddingWidth));

        Assert.Equal(new Extent(outputHeight, outputWidth), window.Output);
        Assert.Equal(outputHeight * outputWidth, window.Pixels);
        Assert.Equal(3 * height * width, window.ImageLength);
        Assert.Equal(3 * kernelHeight * kernelWidth, window.PatchLength);
    }

    [Fact]
    public void A_convolution_counts_its_weights_and_multiply_adds()
    {
        var shape = new ConvolutionShape(20, Extent.Square(12), 50, Extent.Square(5), Extent.Square(1), default);

        Assert.Equal(500 * 50, shape.WeightLength);
        Assert.Equal(8 * 8 * 50, shape.OutputLength);
        Assert.Equal(64 * 500 * 50, shape.MultiplyAdds);
        Assert.Equal("5x5x50 on 12x12x20", shape.ToString());
        Assert.Equal(shape, new ConvolutionShape(20, new(12, 12), 50, new(5, 5), new(1, 1), new(0, 0)));
    }

    [Theory]
    [InlineData(0, 5, 5, 3, 1, 0, "channels must be 1 or more, it is 0")]
    [InlineData(1, 0, 5, 3, 1, 0, "image must be 1x1 or more, it is 0x5")]
    [InlineData(1, 5, 5, 0, 1, 0, "kernel must be 1x1 or more, it is 0x0")]
    [InlineData(1, 5, 5, 3, 0, 0, "stride must be 1x1 or more, it is 0x0")]
    [InlineData(1, 5, 5, 3, 1, -1, "padding must be 0x0 or more, it is -1x-1")]
    [InlineData(1, 5, 9, 8, 1, 1, "kernel must be at most the image with its padding, 7x11, it is 8x8")]
    [InlineData(2, 40_000, 40_000, 3, 1, 0, "at most 2,147,483,647 elements, it is 40000x40000")]
    [InlineData(1, 5, 5, 3, 1, int.MaxValue, "at most 2,147,483,647 elements, it is 5x5")]
    public void Wrong_sizes_are_named(int channels, int height, int width, int kernel, int stride, int padding, string message)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() =>
            new Window(channels, new(height, width), Extent.Square(kernel), Extent.Square(stride), Extent.Square(padding)));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "filters must be 1 or more, it is 0")]
    [InlineData(600_000_000, "so few that outputs and weights are at most 2,147,483,647, it is 600000000")]
    public void Wrong_filters_are_named(int filters, string message)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() =>
            new ConvolutionShape(1, Extent.Square(4), filters, Extent.Square(3), Extent.Square(1), default));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
