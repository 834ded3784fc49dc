using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

// What launches of convolutions keep on a device beside their arguments.
public static unsafe partial class Convolution
{
    /// <summary>Bytes that <see cref="PrepareForward"/> keeps: patches, and on devices what their products keep.</summary>
    public static long ForwardScratchBytes(ComputeAccelerator accelerator, ConvolutionShape shape, int images)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (accelerator is CpuAccelerator)
        {
            return sizeof(float) * (long)ConvolutionForward.ScratchFloats(shape, images);
        }

        var variant = MatMul.Forced(accelerator, null);
        if (ReadsPatches(accelerator, variant, shape, images * shape.Pixels, shape.PatchLength, sumsColumns: false))
        {
            return DevicePatches.Bytes(Padding(shape), [(0, images)])
                + MatMul.PartBytes(accelerator, variant, images * shape.Pixels, shape.PatchLength, shape.Filters, sumsColumns: false);
        }

        var chunks = DevicePatches.Cut(shape, images);
        return DevicePatches.Bytes(shape, chunks) + chunks.Sum(chunk =>
            MatMul.ForwardScratchBytes(accelerator, chunk.Count * shape.Pixels, shape.PatchLength, shape.Filters));
    }

    /// <summary>Bytes that <see cref="PrepareLayerGradient"/> keeps: patches and the sums of parts of the images, and on devices what their products keep.</summary>
    public static long LayerGradientScratchBytes(ComputeAccelerator accelerator, ConvolutionShape shape, int images)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (accelerator is CpuAccelerator)
        {
            return sizeof(float) * (long)ConvolutionGradient.ScratchFloats(shape, images);
        }

        var variant = MatMul.Forced(accelerator, null);
        if (ReadsPatches(accelerator, variant, shape, shape.PatchLength, images * shape.Pixels, sumsColumns: true))
        {
            return DevicePatches.Bytes(Padding(shape), [(0, images)])
                + MatMul.PartBytes(accelerator, variant, shape.PatchLength, images * shape.Pixels, shape.Filters, sumsColumns: true);
        }

        var chunks = DevicePatches.CutForGradient(accelerator, shape, images);
        return DevicePatches.Bytes(shape, chunks) + (chunks.Count == 1 ? 0 : sizeof(float) * (long)chunks.Count * (shape.WeightLength + shape.Filters))
            + chunks.Sum(chunk => MatMul.LayerGradientScratchBytes(accelerator, chunk.Count * shape.Pixels, shape.PatchLength, shape.Filters));
    }

    /// <summary>Bytes that <see cref="PrepareInputGradient"/> keeps: rows of dy w^T, and what its products keep.</summary>
    public static long InputGradientScratchBytes(ComputeAccelerator accelerator, ConvolutionShape shape, int images)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (accelerator is CpuAccelerator)
        {
            return sizeof(float) * ((long)ConvolutionInputGradient.PanelFloats(shape) + ConvolutionInputGradient.ScratchFloats(shape, images));
        }

        var chunks = DevicePatches.Cut(shape, images);
        return (sizeof(float) * (long)chunks[0].Count * shape.Pixels * shape.PatchLength) + chunks.Sum(chunk =>
            MatMul.InputGradientScratchBytes(accelerator, chunk.Count * shape.Pixels, shape.PatchLength, shape.Filters));
    }
}
