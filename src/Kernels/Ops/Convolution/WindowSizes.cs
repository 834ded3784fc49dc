using Gpu.Kernels.Devices;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>A <see cref="ConvolutionShape"/> as kernels read it: from a small buffer, since its numbers are more than a kernel has parameters.</summary>
internal struct WindowSizes
{
    internal int Channels;
    internal int Height;
    internal int Width;
    internal int KernelHeight;
    internal int KernelWidth;
    internal int StrideHeight;
    internal int StrideWidth;
    internal int PaddingHeight;
    internal int PaddingWidth;
    internal int OutputHeight;
    internal int OutputWidth;
    internal int Filters;

    /// <summary>The sizes in a buffer that is kept as long as the accelerator.</summary>
    internal static DeviceView<int> Keep(ComputeAccelerator accelerator, ConvolutionShape shape)
    {
        int[] values =
        [
            shape.Channels, shape.Image.Height, shape.Image.Width, shape.Kernel.Height, shape.Kernel.Width, shape.Stride.Height,
            shape.Stride.Width, shape.Padding.Height, shape.Padding.Width, shape.Output.Height, shape.Output.Width, shape.Filters,
        ];
        var buffer = accelerator.Keep(accelerator.Allocate<int>(values.Length));
        buffer.CopyFrom(values);
        return buffer.View;
    }

    /// <summary>What <see cref="Keep"/> wrote.</summary>
    internal static WindowSizes Of(ArrayView<int> sizes) => new()
    {
        Channels = sizes[0],
        Height = sizes[1],
        Width = sizes[2],
        KernelHeight = sizes[3],
        KernelWidth = sizes[4],
        StrideHeight = sizes[5],
        StrideWidth = sizes[6],
        PaddingHeight = sizes[7],
        PaddingWidth = sizes[8],
        OutputHeight = sizes[9],
        OutputWidth = sizes[10],
        Filters = sizes[11],
    };

    /// <summary>Where a pixel of an image begins, and 0 where it lies in the padding.</summary>
    internal static int Pixel(WindowSizes sizes, int image, int row, int column) =>
        IsInside(sizes, row, column) ? ((((image * sizes.Height) + row) * sizes.Width) + column) * sizes.Channels : 0;

    /// <summary>Whether a pixel lies in the image and not in its padding.</summary>
    internal static bool IsInside(WindowSizes sizes, int row, int column) =>
        row >= 0 && row < sizes.Height && column >= 0 && column < sizes.Width;
}
