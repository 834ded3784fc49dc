using Gpu.Kernels.Devices;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>A <see cref="Window"/> as kernels read it: from a small buffer, since its numbers are more than a kernel has parameters.</summary>
internal struct WindowSizes
{
    internal Divisor Channels;
    internal Divisor Height;
    internal Divisor Width;
    internal Divisor KernelHeight;
    internal Divisor KernelWidth;
    internal Divisor StrideHeight;
    internal Divisor StrideWidth;
    internal Divisor OutputHeight;
    internal Divisor OutputWidth;

    /// <summary>Elements of a row of the window.</summary>
    internal Divisor Run;

    /// <summary>Elements under the window.</summary>
    internal Divisor PatchLength;
    internal int PaddingHeight;
    internal int PaddingWidth;

    /// <summary>The sizes in a buffer that is kept as long as the accelerator.</summary>
    internal static DeviceView<int> Keep(ComputeAccelerator accelerator, Window window)
    {
        int[] divisors =
        [
            window.Channels, window.Image.Height, window.Image.Width, window.Kernel.Height, window.Kernel.Width, window.Stride.Height,
            window.Stride.Width, window.Output.Height, window.Output.Width, window.Kernel.Width * window.Channels, window.PatchLength,
        ];
        int[] values = [.. divisors.SelectMany(Divisor.Prepare), window.Padding.Height, window.Padding.Width, 0, 0];
        var buffer = accelerator.Keep(accelerator.Allocate<int>(values.Length));
        buffer.CopyFrom(values);
        return buffer.View;
    }

    /// <summary>What <see cref="Keep"/> wrote.</summary>
    internal static WindowSizes Of(ArrayView<int> sizes)
    {
        var fours = sizes.Cast<Int4>();
        var padding = fours[11];
        return new WindowSizes
        {
            Channels = Divisor.Of(fours[0]),
            Height = Divisor.Of(fours[1]),
            Width = Divisor.Of(fours[2]),
            KernelHeight = Divisor.Of(fours[3]),
            KernelWidth = Divisor.Of(fours[4]),
            StrideHeight = Divisor.Of(fours[5]),
            StrideWidth = Divisor.Of(fours[6]),
            OutputHeight = Divisor.Of(fours[7]),
            OutputWidth = Divisor.Of(fours[8]),
            Run = Divisor.Of(fours[9]),
            PatchLength = Divisor.Of(fours[10]),
            PaddingHeight = padding.X,
            PaddingWidth = padding.Y,
        };
    }

    /// <summary>Where a pixel of an image begins, and 0 where it lies in the padding.</summary>
    internal static int Pixel(WindowSizes sizes, int image, int row, int column) =>
        IsInside(sizes, row, column) ? ((((image * sizes.Height.Value) + row) * sizes.Width.Value) + column) * sizes.Channels.Value : 0;

    /// <summary>Whether a pixel lies in the image and not in its padding.</summary>
    internal static bool IsInside(WindowSizes sizes, int row, int column) =>
        row >= 0 && row < sizes.Height.Value && column >= 0 && column < sizes.Width.Value;
}
