using ILGPU;

namespace Gpu.Kernels.Ops;

// One element a lane.
public static unsafe partial class Convolution
{
    /// <summary>y = patches(x) w + bias, one index an element of y: the sum goes over the rows of w in ascending order.</summary>
    /// <param name="i">(image * pixels + pixel) * filters + filter.</param>
    /// <param name="x">(images, image length).</param>
    /// <param name="w">(patch length, filters).</param>
    /// <param name="bias">(filters), read where <paramref name="hasBias"/> is 1.</param>
    /// <param name="hasBias">0 or 1.</param>
    /// <param name="sizes">See <see cref="WindowSizes"/>.</param>
    /// <param name="count">Elements of y.</param>
    /// <param name="y">(images, output length).</param>
    public static void ConvolutionForwardKernel(Index1D i, ArrayView<float> x, ArrayView<float> w, ArrayView<float> bias, int hasBias,
        ArrayView<int> sizes, int count, ArrayView<float> y)
    {
        if (i >= count)
        {
            return;
        }

        var s = WindowSizes.Of(sizes);
        int filter = i % s.Filters;
        int place = i / s.Filters;
        var left = (place % s.OutputWidth * s.StrideWidth) - s.PaddingWidth;
        var top = (place / s.OutputWidth % s.OutputHeight * s.StrideHeight) - s.PaddingHeight;
        var image = place / s.OutputWidth / s.OutputHeight;
        var (sum, weight) = (0f, filter);
        for (var kernelRow = 0; kernelRow < s.KernelHeight; kernelRow++)
        {
            for (var kernelColumn = 0; kernelColumn < s.KernelWidth; kernelColumn++)
            {
                var isInside = WindowSizes.IsInside(s, top + kernelRow, left + kernelColumn);
                var at = WindowSizes.Pixel(s, image, top + kernelRow, left + kernelColumn);
                for (var channel = 0; channel < s.Channels; channel++)
                {
                    sum = KernelMath.Fma(isInside ? x[at + channel] : 0f, w[weight], sum);
                    weight += s.Filters;
                }
            }
        }

        y[i] = hasBias != 0 ? sum + bias[filter] : sum;
    }

    /// <summary>
    /// dw = patches(x)^T dy, and with <paramref name="hasBias"/> db = the column sums of dy, one index an element of dw, then of db: images are
    /// summed in parts, which are then added.
    /// </summary>
    /// <param name="i">row * filters + filter; the row after dw's last is db.</param>
    /// <param name="x">(images, image length).</param>
    /// <param name="dy">(images, output length).</param>
    /// <param name="hasBias">0 or 1.</param>
    /// <param name="sizes">See <see cref="WindowSizes"/>.</param>
    /// <param name="images">Images.</param>
    /// <param name="parts">Parts that the images are shared out to.</param>
    /// <param name="dw">(patch length, filters).</param>
    /// <param name="db">(filters).</param>
    public static void ConvolutionGradientKernel(Index1D i, ArrayView<float> x, ArrayView<float> dy, int hasBias, ArrayView<int> sizes,
        int images, int parts, ArrayView<float> dw, ArrayView<float> db)
    {
        var s = WindowSizes.Of(sizes);
        var weights = s.KernelHeight * s.KernelWidth * s.Channels * s.Filters;
        if (i >= weights + (hasBias * s.Filters))
        {
            return;
        }

        var total = 0f;
        for (var part = 0; part < parts; part++)
        {
            var sum = PartGradient(s, i, x, dy, images * part / parts, images * (part + 1) / parts, i >= weights);
            total = part == 0 ? sum : total + sum;
        }

        if (i < weights)
        {
            dw[i] = total;
        }
        else
        {
            db[i - weights] = total;
        }
    }

    private static float PartGradient(WindowSizes s, int i, ArrayView<float> x, ArrayView<float> dy, int firstImage, int endImage, bool isBias)
    {
        var channel = i / s.Filters % s.Channels;
        var kernelColumn = i / s.Filters / s.Channels % s.KernelWidth;
        var kernelRow = i / s.Filters / s.Channels / s.KernelWidth;
        var pixels = s.OutputHeight * s.OutputWidth;
        var sum = 0f;
        for (var place = firstImage * pixels; place < endImage * pixels; place++)
        {
            var row = (place / s.OutputWidth % s.OutputHeight * s.StrideHeight) + kernelRow - s.PaddingHeight;
            var column = (place % s.OutputWidth * s.StrideWidth) + kernelColumn - s.PaddingWidth;
            var at = WindowSizes.Pixel(s, place / pixels, row, column);
            var value = WindowSizes.IsInside(s, row, column) ? x[at + channel] : 0f;
            sum = KernelMath.Fma(isBias ? 1f : value, dy[(place * s.Filters) + (i % s.Filters)], sum);
        }

        return sum;
    }

    /// <summary>dx = the sum of all patches where they lie over each other, one index an element of dx, in the order of the places.</summary>
    /// <param name="i">(image * pixels of an image + pixel) * channels + channel.</param>
    /// <param name="patches">(images * places, patch length).</param>
    /// <param name="sizes">See <see cref="WindowSizes"/>.</param>
    /// <param name="count">Elements of dx.</param>
    /// <param name="dx">(images, image length).</param>
    public static void PatchSumKernel(Index1D i, ArrayView<float> patches, ArrayView<int> sizes, int count, ArrayView<float> dx)
    {
        if (i >= count)
        {
            return;
        }

        var s = WindowSizes.Of(sizes);
        int channel = i % s.Channels;
        int pixel = i / s.Channels;
        var row = (pixel / s.Width % s.Height) + s.PaddingHeight;
        var column = (pixel % s.Width) + s.PaddingWidth;
        var image = pixel / s.Width / s.Height;
        var patch = s.KernelHeight * s.KernelWidth * s.Channels;
        var (lastRow, lastColumn) = (LastPlace(row, s.StrideHeight, s.OutputHeight), LastPlace(column, s.StrideWidth, s.OutputWidth));
        var firstColumn = FirstPlace(column, s.KernelWidth, s.StrideWidth);
        var sum = 0f;
        for (var placeRow = FirstPlace(row, s.KernelHeight, s.StrideHeight); placeRow <= lastRow; placeRow++)
        {
            for (var place = firstColumn; place <= lastColumn; place++)
            {
                var element = ((row - (placeRow * s.StrideHeight)) * s.KernelWidth) + column - (place * s.StrideWidth);
                sum += patches[(((((image * s.OutputHeight) + placeRow) * s.OutputWidth) + place) * patch) + (element * s.Channels) + channel];
            }
        }

        dx[i] = sum;
    }

    /// <summary>The first place of the window that reaches a row or column of the padded image.</summary>
    private static int FirstPlace(int at, int kernel, int stride) => at < kernel ? 0 : (at - kernel + stride) / stride;

    /// <summary>The last one.</summary>
    private static int LastPlace(int at, int stride, int places) => KernelMath.Min(at / stride, places - 1);
}
