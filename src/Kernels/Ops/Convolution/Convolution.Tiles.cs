using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

// Products of patches in tiles, which read the patches from the images: nothing of the size of the patches is written or read. Images are copied
// only where they have padding.
public static unsafe partial class Convolution
{
    private static readonly TileKernels _forward = new(PatchForwardTileKernel<Tile128, Wide, Wide, Wide, Identity>);

    private static readonly ProductParts _forwardParts =
        MatMul.ForwardParts with { Name = ForwardName, Kernels = new(PatchForwardPartKernel<Tile128, Wide, Wide, Wide>) };

    private static readonly TileKernels _gradient = new(PatchGradientTileKernel<Tile128, Wide, Wide, Wide>);

    private static readonly ProductParts _gradientParts =
        MatMul.LayerGradientParts with { Name = GradientName, Kernels = new(PatchGradientPartKernel<Tile128, Wide, Wide, Wide>) };

    /// <summary>The forward product; null where the device or the variant makes it without tiles.</summary>
    private static Launch? TiledForward(ComputeAccelerator accelerator, string? variant, ConvolutionShape shape, DeviceView<float> x,
        DeviceView<float> w, DeviceView<float>? bias, Activation activation, int images, DeviceView<float> y)
    {
        if (!ReadsPatches(accelerator, variant, shape, images * shape.Pixels, shape.PatchLength, sumsColumns: false))
        {
            return null;
        }

        var patches = new DevicePatches(accelerator, Padding(shape), [(0, images)]);
        var from = patches.Of(x, 0, images);
        var product = MatMul.ForwardProduct(from, w, bias, activation, new(images * shape.Pixels, shape.PatchLength, shape.Filters), y);
        return Tiled(ForwardName, accelerator, variant, patches.Copy(x, 0, images), product with
        {
            Whole = _forward,
            Parts = _forwardParts,
            Left = [from, WindowSizes.Keep(accelerator, Padded(shape))],
            Widths = product.Widths with { Left = IsWide(shape, from) },
        });
    }

    /// <summary>The gradient by weights and, where it is given, bias; null as for <see cref="TiledForward"/>.</summary>
    private static Launch? TiledGradient(ComputeAccelerator accelerator, string? variant, ConvolutionShape shape, DeviceView<float> x,
        DeviceView<float> dy, int images, DeviceView<float> dw, DeviceView<float>? db)
    {
        if (!ReadsPatches(accelerator, variant, shape, shape.PatchLength, images * shape.Pixels, sumsColumns: true))
        {
            return null;
        }

        var patches = new DevicePatches(accelerator, Padding(shape), [(0, images)]);
        var from = patches.Of(x, 0, images);
        var product = MatMul.GradientProduct(from, dy, new(images * shape.Pixels, shape.PatchLength, shape.Filters), dw, db);
        return Tiled(GradientName, accelerator, variant, patches.Copy(x, 0, images), product with
        {
            Whole = _gradient,
            Parts = _gradientParts,
            Left = [from, WindowSizes.Keep(accelerator, Padded(shape))],
            Widths = product.Widths with { Left = IsWide(shape, from) },
        });
    }

    private static Launch Tiled(string name, ComputeAccelerator accelerator, string? variant, IEnumerable<Launch> before, TileProduct product)
    {
        Launch[] launches = [.. before, product.Prepare(accelerator, variant)!];
        return launches.Length == 1 ? launches[0] : accelerator.Sequence(name, launches);
    }

    /// <summary>Whether a product of so many rows and terms is made in tiles. Where patches are the images themselves, dense products do as well.</summary>
    private static bool ReadsPatches(ComputeAccelerator accelerator, string? variant, ConvolutionShape shape, int rows, int depth, bool sumsColumns) =>
        !DevicePatches.AreImages(shape) && ProductTable.Choose(accelerator, variant, rows, depth, shape.Filters, sumsColumns).Tile is not null;

    /// <summary>A window of one pixel that goes over an image and its padding: its patches are the padded image.</summary>
    private static ConvolutionShape Padding(ConvolutionShape shape) =>
        new(shape.Channels, shape.Image, 1, Extent.Square(1), Extent.Square(1), shape.Padding);

    /// <summary>The convolution of images that hold their padding.</summary>
    private static ConvolutionShape Padded(ConvolutionShape shape) =>
        new(shape.Channels, Padding(shape).Output, shape.Filters, shape.Kernel, shape.Stride, default);

    /// <summary>Whether four elements of a patch lie side by side, at a multiple of four.</summary>
    private static bool IsWide(ConvolutionShape shape, DeviceView<float> images) => MatMul.IsWide(images, shape.Channels);
}
