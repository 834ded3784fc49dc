using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

// What launches of convolutions keep on a device beside their arguments.
public static unsafe partial class Convolution
{
    /// <summary>Bytes that <see cref="PrepareForward"/> keeps: the processor's patches.</summary>
    public static long ForwardScratchBytes(ComputeAccelerator accelerator, ConvolutionShape shape, int images) =>
        accelerator is CpuAccelerator ? sizeof(float) * (long)ConvolutionForward.ScratchFloats(shape, images) : 0;

    /// <summary>Bytes that <see cref="PrepareLayerGradient"/> keeps: the processor's patches, and the sums of its parts.</summary>
    public static long LayerGradientScratchBytes(ComputeAccelerator accelerator, ConvolutionShape shape, int images) =>
        accelerator is CpuAccelerator ? sizeof(float) * (long)ConvolutionGradient.ScratchFloats(shape, images) : 0;

    /// <summary>Bytes that <see cref="PrepareInputGradient"/> keeps: rows of dy w^T, and what its products keep.</summary>
    public static long InputGradientScratchBytes(ComputeAccelerator accelerator, ConvolutionShape shape, int images)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (accelerator is CpuAccelerator)
        {
            return sizeof(float) * ((long)ConvolutionInputGradient.PanelFloats(shape) + ConvolutionInputGradient.ScratchFloats(shape, images));
        }

        var atOnce = ImagesAtOnce(shape, images);
        var (whole, rest) = (images / atOnce, images % atOnce);
        return (sizeof(float) * (long)atOnce * shape.Pixels * shape.PatchLength) + (whole * Product(atOnce)) + (rest == 0 ? 0 : Product(rest));

        long Product(int count) => MatMul.InputGradientScratchBytes(accelerator, count * shape.Pixels, shape.PatchLength, shape.Filters);
    }
}
