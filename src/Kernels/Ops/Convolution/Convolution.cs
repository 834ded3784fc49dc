using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The convolution of images with filters (cross-correlation, as torch.nn.Conv2d has it), channels-last: see <see cref="ConvolutionShape"/>
/// for how everything lies. With patches(x) as the matrix whose row (image, place) holds what the window sees there, zeros in the padding, it is
/// y = f(patches(x) w + bias), dw = patches(x)^T dy, and dx is dy w^T, whose rows are added where their windows lie over each other.
/// <para>
/// Sums go over the rows of w in ascending order; those of dw over the places of a part of the images, and then over the parts, whose number
/// hangs on the number of images alone; those of dx over the filters, and then over the places. So vector widths, thread counts and
/// kernels of one element a lane give the same bits.
/// </para>
/// </summary>
public static unsafe partial class Convolution
{
    internal const string ForwardName = "convolution-forward";
    internal const string GradientName = "convolution-gradient";
    internal const string InputGradientName = "convolution-input-gradient";

    /// <summary>Rows of dy w^T that devices keep at a time, in floats: 64 MiB.</summary>
    private const int MostPatchFloats = 1 << 24;

    /// <summary>
    /// y = f(patches(x) w + bias): x is (images, image length), w (patch length, filters), bias (filters) or null, y (images, output length);
    /// <paramref name="sums"/>, as large as y, takes patches(x) w + bias where the activation asks for its sums and they are to be kept.
    /// </summary>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareForward(ComputeAccelerator accelerator, ConvolutionShape shape, DeviceView<float> x, DeviceView<float> w,
        DeviceView<float>? bias, Activation activation, int images, DeviceView<float> y, DeviceView<float>? sums = null)
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

        var target = sums ?? y;
        var launch = accelerator.Prepare(ConvolutionForwardKernel, LaunchShape.Linear(y.Length), x, w, bias ?? w, bias is null ? 0 : 1,
            WindowSizes.Keep(accelerator, shape), y.Length, target);
        return activation == Activation.Identity ? launch
            : accelerator.Sequence(ForwardName, [launch, Activations.PrepareForward(accelerator, activation, target, y)]);
    }

    /// <summary>
    /// dx = (the sum of the rows of dy w^T where their windows lie) f'(a), where f' follows from what the layer below kept, its sums or its
    /// outputs as the activation asks: dy is (images, output length), w (patch length, filters), xKept (images, image length) or null for a
    /// derivative of 1, dx (images, image length).
    /// </summary>
    /// <exception cref="ArgumentException">A view has another size, or the patches of one image are too many for a device.</exception>
    public static Launch PrepareInputGradient(ComputeAccelerator accelerator, ConvolutionShape shape, DeviceView<float> dy, DeviceView<float> w,
        DeviceView<float>? xKept, Activation activation, int images, DeviceView<float> dx)
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
            return DeviceInputGradient(accelerator, shape, dy, w, kept, activation, images, dx);
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
        return cpu.Sequence(InputGradientName, [cpu.Prepare(new WeightPanels(product)), cpu.Prepare(product)]);
    }

    /// <summary>
    /// dw = patches(x)^T dy and db = the sums of dy by filter: x is (images, image length), dy (images, output length), dw (patch length,
    /// filters), db (filters) or null.
    /// </summary>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareLayerGradient(ComputeAccelerator accelerator, ConvolutionShape shape, DeviceView<float> x, DeviceView<float> dy,
        int images, DeviceView<float> dw, DeviceView<float>? db)
    {
        RequireImages(accelerator, shape, x, nameof(x), dy, nameof(dy), images, GradientName);
        Require.Matrix(dw, shape.PatchLength, shape.Filters, GradientName);
        if (db is { } b)
        {
            Require.Length(b, shape.Filters, GradientName, nameof(db));
        }

        if (accelerator is not CpuAccelerator cpu)
        {
            var hasBias = db is null ? 0 : 1;
            return accelerator.Prepare(ConvolutionGradientKernel, LaunchShape.Linear(dw.Length + (hasBias * shape.Filters)), x, dy, hasBias,
                WindowSizes.Keep(accelerator, shape), images, CpuRows.Parts(images), dw, db ?? dw);
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

    /// <summary>dy w^T by the dense layer's product, so many images at a time as their patches are kept, and then their sums.</summary>
    private static Launch DeviceInputGradient(ComputeAccelerator accelerator, ConvolutionShape shape, DeviceView<float> dy, DeviceView<float> w,
        DeviceView<float>? kept, Activation activation, int images, DeviceView<float> dx)
    {
        var atOnce = ImagesAtOnce(shape, images);
        var patches = accelerator.Keep(accelerator.Allocate<float>(atOnce * shape.Pixels * shape.PatchLength));
        var sizes = WindowSizes.Keep(accelerator, shape);
        var launches = new List<Launch>();
        for (var first = 0; first < images; first += atOnce)
        {
            var count = Math.Min(atOnce, images - first);
            var rows = count * shape.Pixels;
            var target = new DeviceView<float>(patches, 0, rows * shape.PatchLength);
            var (from, to) = (dy.Slice(first * shape.OutputLength, count * shape.OutputLength), dx.Slice(first * shape.ImageLength, count * shape.ImageLength));
            launches.Add(MatMul.PrepareInputGradient(accelerator, from, w, null, Activation.Identity, rows, shape.PatchLength, shape.Filters, target));
            launches.Add(accelerator.Prepare(PatchSumKernel, LaunchShape.Linear(to.Length), target, sizes, to.Length, to));
        }

        if (kept is { } k)
        {
            launches.Add(Activations.PrepareBackward(accelerator, activation, k, dx, dx));
        }

        return accelerator.Sequence(InputGradientName, launches);
    }

    private static int ImagesAtOnce(ConvolutionShape shape, int images)
    {
        var patches = (long)shape.Pixels * shape.PatchLength;
        return patches <= int.MaxValue
            ? (int)Math.Clamp(MostPatchFloats / patches, 1, images)
            : throw new ArgumentException(
                $"{InputGradientName}: the patches of an image must have at most {int.MaxValue:N0} elements, those of {shape} have {patches:N0}.", nameof(shape));
    }

    private static float* Scratch(CpuAccelerator cpu, int floats) => cpu.Keep(cpu.Allocate<float>(floats)).View.Pointer();

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
