using ILGPU;

namespace Gpu.Kernels.Ops;

// One element a lane.
public static unsafe partial class Convolution
{
    /// <summary>The patches of all places, one index an element.</summary>
    /// <param name="i">(image * places + place) * patch length + element.</param>
    /// <param name="x">(images, image length).</param>
    /// <param name="sizes">See <see cref="WindowSizes"/>.</param>
    /// <param name="count">Elements of the patches.</param>
    /// <param name="patches">(images * places, patch length).</param>
    public static void PatchCopyKernel(Index1D i, ArrayView<float> x, ArrayView<int> sizes, int count, ArrayView<float> patches)
    {
        if (i >= count)
        {
            return;
        }

        var s = WindowSizes.Of(sizes);
        var patch = s.KernelHeight * s.KernelWidth * s.Channels;
        int element = i % patch;
        int place = i / patch;
        var row = (place / s.OutputWidth % s.OutputHeight * s.StrideHeight) + (element / s.Channels / s.KernelWidth) - s.PaddingHeight;
        var column = (place % s.OutputWidth * s.StrideWidth) + (element / s.Channels % s.KernelWidth) - s.PaddingWidth;
        var at = WindowSizes.Pixel(s, place / s.OutputWidth / s.OutputHeight, row, column);
        patches[i] = WindowSizes.IsInside(s, row, column) ? x[at + (element % s.Channels)] : 0f;
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
