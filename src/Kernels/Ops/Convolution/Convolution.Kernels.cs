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
        var place = Divisor.Quotient(s.PatchLength, i);
        var line = Divisor.Quotient(s.OutputWidth, place);
        var image = Divisor.Quotient(s.OutputHeight, line);
        var element = i - (place * s.PatchLength.Value);
        var pixel = Divisor.Quotient(s.Channels, element);
        var windowRow = Divisor.Quotient(s.KernelWidth, pixel);
        var row = ((line - (image * s.OutputHeight.Value)) * s.StrideHeight.Value) + windowRow - s.PaddingHeight;
        var column = ((place - (line * s.OutputWidth.Value)) * s.StrideWidth.Value) + pixel - (windowRow * s.KernelWidth.Value) - s.PaddingWidth;
        var at = WindowSizes.Pixel(s, image, row, column);
        patches[i] = WindowSizes.IsInside(s, row, column) ? x[at + element - (pixel * s.Channels.Value)] : 0f;
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
        var pixel = ReachedPixel.Of(s, i);
        var sum = 0f;
        for (var row = pixel.FirstRow; row <= pixel.LastRow; row++)
        {
            for (var column = pixel.FirstColumn; column <= pixel.LastColumn; column++)
            {
                sum += patches[(ReachedPixel.Place(s, pixel, row, column) * s.PatchLength.Value)
                    + (ReachedPixel.Under(s, pixel, row, column) * s.Channels.Value) + pixel.Channel];
            }
        }

        dx[i] = sum;
    }
}
