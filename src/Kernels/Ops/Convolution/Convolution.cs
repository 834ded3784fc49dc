using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The convolution of images with filters (cross-correlation, as torch.nn.Conv2d has it), channels-last: see <see cref="ConvolutionShape"/>
/// for how everything lies. With patches(x) as the matrix whose row (image, place) holds what the window sees there, zeros in the padding, it is
/// y = f(patches(x) w + bias), dw = patches(x)^T dy, and dx is dy w^T, whose rows are added where their windows lie over each other.
/// <para>
/// On the processor sums go over the rows of w in ascending order; those of dw over the places of a part of the images, and then over the parts,
/// whose number hangs on the number of images alone; those of dx over the filters, and then over the places. So vector widths and thread counts
/// give the same bits. Graphics processors make the products in the tiles of <see cref="MatMul"/>, which read the patches from the images; other
/// devices write patches out, as many images at a time as fit into 64 MiB (<see cref="DefaultPatches"/>), and so does the gradient by the inputs everywhere.
/// </para>
/// </summary>
public static unsafe partial class Convolution
{
    /// <summary>Elements of patches that a device writes out at a time, where a launch is not told another number: 64 MiB.</summary>
    public const int DefaultPatches = 1 << 24;

    internal const string ForwardName = "convolution-forward";
    internal const string GradientName = "convolution-gradient";
    internal const string InputGradientName = "convolution-input-gradient";

    /// <summary>
    /// y = f(patches(x) w + bias): x is (images, image length), w (patch length, filters), bias (filters) or null, y (images, output length);
    /// <paramref name="sums"/>, as large as y, takes patches(x) w + bias where the activation asks for its sums and they are to be kept;
    /// <paramref name="variant"/> is one of <see cref="MatMul"/>, for devices. Where patches are written out, it is for as many images at a time as
    /// have at most <paramref name="patches"/> elements in them, and for one at least.
    /// </summary>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareForward(ComputeAccelerator accelerator, ConvolutionShape shape, DeviceView<float> x, DeviceView<float> w,
        DeviceView<float>? bias, Activation activation, int images, DeviceView<float> y, DeviceView<float>? sums = null,
        string? variant = null, int patches = DefaultPatches)
    {
        RequireImages(accelerator, shape, x, nameof(x), y, nameof(y), images, ForwardName);
        Require.Matrix(w, shape.PatchLength, shape.Filters, ForwardName);
        if (bias is { } b)
        {
            Require.Length(b, shape.Filters, ForwardName, nameof(bias));
        }

        if (sums is { } kept)
        {
            Activations.RequireKeeps(activation, ForwardName);
            Require.Matrix(kept, images, shape.OutputLength, ForwardName, nameof(sums));
        }

        if (accelerator is CpuAccelerator cpu)
        {
            return cpu.Prepare(new ConvolutionForward
            {
                Shape = shape,
                Images = images,
                X = x.Pointer(),
                W = w.Pointer(),
                Y = y.Pointer(),
                Activation = activation,
                Bias = bias is { } v ? v.Pointer() : null,
                Sums = sums is { } s ? s.Pointer() : null,
                Scratch = Scratch(cpu, ConvolutionForward.ScratchFloats(shape, images)),
            });
        }

        return DeviceForward(accelerator, MatMul.Forced(accelerator, variant), shape, x, w, bias, activation, images, y, sums, patches);
    }

    /// <summary>
    /// dx = (the sum of the rows of dy w^T where their windows lie) f'(a), where f' follows from what the layer below kept, its sums or its
    /// outputs as the activation asks: dy is (images, output length), w (patch length, filters), xKept (images, image length) or null for a
    /// derivative of 1, dx (images, image length); <paramref name="patches"/> as in <see cref="PrepareForward"/>.
    /// </summary>
    /// <exception cref="ArgumentException">A view has another size, or the patches of one image are too many for a device.</exception>
    public static Launch PrepareInputGradient(ComputeAccelerator accelerator, ConvolutionShape shape, DeviceView<float> dy, DeviceView<float> w,
        DeviceView<float>? xKept, Activation activation, int images, DeviceView<float> dx, int patches = DefaultPatches)
    {
        RequireImages(accelerator, shape, dx, nameof(dx), dy, nameof(dy), images, InputGradientName);
        Require.Matrix(w, shape.PatchLength, shape.Filters, InputGradientName);
        if (xKept is { } o)
        {
            Require.Matrix(o, images, shape.ImageLength, InputGradientName, nameof(xKept));
        }

        var kept = activation == Activation.Identity ? null : xKept;
        if (accelerator is not CpuAccelerator cpu)
        {
            return DeviceInputGradient(accelerator, shape, dy, w, kept, activation, DevicePatches.Cut(shape, images, patches), dx);
        }

        var product = new ConvolutionInputGradient
        {
            Shape = shape,
            Images = images,
            Dy = dy.Pointer(),
            W = w.Pointer(),
            Dx = dx.Pointer(),
            Activation = kept is null ? Activation.Identity : activation,
            Kept = kept is { } v ? v.Pointer() : null,
            Panels = Scratch(cpu, ConvolutionInputGradient.PanelFloats(shape)),
            Scratch = Scratch(cpu, ConvolutionInputGradient.ScratchFloats(shape, images)),
        };
        var launch = cpu.Prepare(product);
        return product.Panels == null ? launch : cpu.Sequence(InputGradientName, [cpu.Prepare(new WeightPanels(product)), launch]);
    }

    /// <summary>
    /// dw = patches(x)^T dy and db = the sums of dy by filter: x is (images, image length), dy (images, output length), dw (patch length,
    /// filters), db (filters) or null; <paramref name="variant"/> as in <see cref="PrepareForward"/>.
    /// </summary>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareLayerGradient(ComputeAccelerator accelerator, ConvolutionShape shape, DeviceView<float> x, DeviceView<float> dy,
        int images, DeviceView<float> dw, DeviceView<float>? db, string? variant = null)
    {
        RequireImages(accelerator, shape, x, nameof(x), dy, nameof(dy), images, GradientName);
        Require.Matrix(dw, shape.PatchLength, shape.Filters, GradientName);
        if (db is { } b)
        {
            Require.Length(b, shape.Filters, GradientName, nameof(db));
        }

        if (accelerator is not CpuAccelerator cpu)
        {
            return TiledGradient(accelerator, MatMul.Forced(accelerator, variant), shape, x, dy, images, dw, db)
                ?? PatchGradient(accelerator, shape, x, dy, images, dw, db);
        }

        var product = new ConvolutionGradient
        {
            Shape = shape,
            Images = images,
            X = x.Pointer(),
            Dy = dy.Pointer(),
            Dw = dw.Pointer(),
            Db = db is { } d ? d.Pointer() : null,
            Scratch = Scratch(cpu, ConvolutionGradient.ScratchFloats(shape, images)),
        };
        return cpu.Sequence(GradientName, [cpu.Prepare(product), cpu.Prepare(new ConvolutionGradientSum(product))]);
    }

    private static float* Scratch(CpuAccelerator cpu, int floats) => floats == 0 ? null : cpu.Keep(cpu.Allocate<float>(floats)).View.Pointer();

    private static void RequireImages(ComputeAccelerator accelerator, ConvolutionShape shape, DeviceView<float> input, string inputName,
        DeviceView<float> output, string outputName, int images, string name)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(shape);
        Require.Positive(images, name);
        Require.Matrix(input, images, shape.ImageLength, name, inputName);
        Require.Matrix(output, images, shape.OutputLength, name, outputName);
    }
}
