using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class ConvolutionCases
{
    /// <summary>The convolutions of the network that MNIST's note is about: LeNet's shape.</summary>
    private static readonly ConvolutionShape _first = Square(1, 28, 20, 5);
    private static readonly ConvolutionShape _second = Square(20, 12, 50, 5);

    /// <summary>Few channels: rows of a window are narrower than a vector.</summary>
    private static readonly ConvolutionShape _few = Square(3, 28, 20, 5);

    private static readonly int[] _batches = [32, 128];

    private static readonly Func<ConvolutionShape, int, CaseInput, bool, OperationCase>[] _operations =
    [
        (shape, images, input, timed) => Forward(shape, images, input, timed, Activation.Relu),
        (shape, images, input, timed) => Gradient(shape, images, input, timed, bias: true),
        (shape, images, input, timed) => InputGradient(shape, images, input, timed, Activation.Relu),
    ];

    internal static IEnumerable<OperationCase> All =>
    [
        .. from declare in _operations
           from size in Awkward
           from input in OperationCases.Numbers
           select declare(size.Shape, size.Images, input, false),
        .. from activation in Activations.All
           from declaration in new[]
           {
               Forward(_small, 3, CaseInput.Floats, false, activation, keeps: Activations.KeepsSum(activation)),
               InputGradient(_small, 3, CaseInput.Floats, false, activation),
           }
           where activation != Activation.Relu
           select declaration,
        .. from declare in _operations
           from shape in new[] { _small, _padded, _narrow }
           select declare(shape, 3, CaseInput.WithNaN, false),
        .. from shape in new[] { _small, _padded, _pixels }
           let patches = 2 * shape.Pixels * shape.PatchLength
           from declaration in new[]
           {
               Forward(shape, ChunkedImages, CaseInput.Floats, false, Activation.Relu, patches: patches),
               InputGradient(shape, ChunkedImages, CaseInput.Floats, false, Activation.Relu, patches),
           }
           select declaration,
        Forward(_small, 3, CaseInput.Floats, false, Activation.Identity, bias: false),
        Gradient(_small, 3, CaseInput.Floats, false, bias: false),
        .. Tiles,
        .. from declare in _operations
           from shape in new[] { _first, _second }
           select declare(shape, 32, CaseInput.Floats, true),
    ];

    /// <summary>Tiles that read patches from images, one by one and four at once, with padding and strides; few, since each is a program to compile.</summary>
    private static IEnumerable<OperationCase> Tiles =>
        from shape in new[] { _small, _padded, _wide, _thin }
        from variant in new[] { MatMul.Register32, MatMul.SplitK }
        from input in OperationCases.Numbers
        from declaration in new[]
        {
            Forward(shape, 3, input, false, Activation.Relu, variant: variant),
            Gradient(shape, 3, input, false, bias: true, variant),
        }
        select declaration;

    /// <summary>The same with batches of 128 images, and beside them the dense products of as many multiply-adds.</summary>
    internal static IEnumerable<OperationCase> Large =>
    [
        .. from declare in _operations
           from shape in new[] { _first, _second, _few }
           select declare(shape, 128, CaseInput.Floats, true),
        .. from shape in new[] { _first, _second, _few }
           from images in _batches
           from product in MatMulCases.Products((images * shape.Pixels, shape.PatchLength, shape.Filters))
           select product,
    ];

    private static readonly ConvolutionShape _small = new(3, new(6, 5), 7, new(3, 2), Extent.Square(1), default);

    private static readonly ConvolutionShape _padded = new(2, new(5, 6), 33, Extent.Square(3), new(2, 1), new(1, 2));

    private static readonly ConvolutionShape _thin = new(1, new(9, 7), 5, new(4, 1), new(2, 3), default);

    private static readonly ConvolutionShape _wide = new(4, new(7, 9), 12, new(3, 5), new(1, 2), new(2, 0));

    /// <summary>One channel, whose windows are narrower than a vector.</summary>
    private static readonly ConvolutionShape _narrow = new(1, new(6, 19), 3, new(3, 5), Extent.Square(1), new(1, 2));

    /// <summary>Its patches are the images themselves.</summary>
    private static readonly ConvolutionShape _pixels = new(4, new(3, 3), 5, new(1, 1), Extent.Square(1), default);

    /// <summary>Where a device keeps the patches of two: two chunks of them, and one of the last.</summary>
    private const int ChunkedImages = 5;

    /// <summary>Sizes that find faults at the edges of images, windows, vectors and blocks; 17 images and more are summed in parts.</summary>
    private static IEnumerable<(ConvolutionShape Shape, int Images)> Awkward =>
    [
        (new(1, new(1, 1), 1, new(1, 1), new(1, 1), default), 1),
        (_small, 1),
        (_padded, 17),
        (new(1, new(9, 7), 31, new(2, 3), new(3, 2), default), 33),
        (new(5, new(4, 4), 10, new(4, 4), new(1, 1), default), 40),
        (new(17, new(3, 8), 33, new(1, 3), new(1, 1), new(0, 1)), 9),
        (new(2, new(2, 3), 3, new(4, 5), new(1, 2), new(4, 6)), 5),
        (new(4, new(7, 7), 16, new(1, 1), new(2, 2), default), 16),
        (new(60, new(5, 5), 65, new(3, 3), new(1, 1), new(1, 1)), 3),
        (new(1, new(31, 33), 2, new(7, 7), new(1, 1), new(3, 3)), 2),
        (new(4, new(31, 33), 2, new(5, 5), new(1, 1), new(2, 2)), 2),
        (new(3, new(5, 23), 21, new(3, 2), new(2, 2), default), 17),
        (new(2, new(4, 20), 37, new(2, 3), new(1, 1), default), 9),
        (new(1, new(8, 10), 1, new(3, 3), new(1, 1), default), 3),
        (_narrow, 18),
        (new(1, new(3, 4), 6, new(2, 3), new(1, 1), new(3, 5)), 3),
    ];

    private static ConvolutionShape Square(int channels, int size, int filters, int kernel) =>
        new(channels, Extent.Square(size), filters, Extent.Square(kernel), Extent.Square(1), default);

    private static OperationCase Forward(ConvolutionShape shape, int images, CaseInput input, bool timed, Activation activation,
        bool bias = true, bool keeps = false, string? variant = null, int patches = Convolution.DefaultPatches) =>
        Declare("convolution-forward", shape, images, input, timed, memory =>
        {
            var x = memory.Input("x", images * shape.ImageLength);
            var w = memory.Input("w", shape.WeightLength);
            var b = bias ? memory.Input("bias", shape.Filters) : null;
            var y = memory.Output("y", images * shape.OutputLength);
            var sums = keeps ? memory.Output("sums", y.Length) : null;
            return new(Convolution.PrepareForward(memory.Accelerator, shape, x, w, b?.View, activation, images, y, sums?.View, variant, patches), () =>
                [Expectation.Of(y, Expected(activation)), .. sums is null ? Array.Empty<Expectation>() : [Expectation.Of(sums, Expected(Activation.Identity))]]);

            Bounded Expected(Activation of) => Reference64.ConvolutionForward(shape, x.ToDoubles(), w.ToDoubles(), b?.ToDoubles(), of, images);
        }, variant, [("bias", bias), ("activation", activation), .. Limit(patches)]);

    private static OperationCase InputGradient(ConvolutionShape shape, int images, CaseInput input, bool timed, Activation activation,
        int patches = Convolution.DefaultPatches) => Declare("convolution-input-gradient", shape, images, input, timed, memory =>
        {
            var dy = memory.Input("dy", images * shape.OutputLength);
            var w = memory.Input("w", shape.WeightLength);
            var kept = activation == Activation.Identity ? null : memory.Input("xKept", images * shape.ImageLength);
            var dx = memory.Output("dx", images * shape.ImageLength);
            return new(Convolution.PrepareInputGradient(memory.Accelerator, shape, dy, w, kept?.View, activation, images, dx, patches), () =>
                [Expectation.Of(dx, Reference64.ConvolutionInputGradient(shape, dy.ToDoubles(), w.ToDoubles(), kept?.ToDoubles(), activation, images))]);
        }, null, [("activation", activation), .. Limit(patches)]);

    private static OperationCase Gradient(ConvolutionShape shape, int images, CaseInput input, bool timed, bool bias, string? variant = null) =>
        Declare("convolution-gradient", shape, images, input, timed, memory =>
        {
            var x = memory.Input("x", images * shape.ImageLength);
            var dy = memory.Input("dy", images * shape.OutputLength);
            var dw = memory.Output("dw", shape.WeightLength);
            var db = bias ? memory.Output("db", shape.Filters) : null;
            return new(Convolution.PrepareLayerGradient(memory.Accelerator, shape, x, dy, images, dw, db?.View, variant), () =>
            [
                Expectation.Of(dw, Reference64.ConvolutionWeightGradient(shape, x.ToDoubles(), dy.ToDoubles(), images)),
                .. db is null ? Array.Empty<Expectation>() : [Expectation.Of(db, Reference64.ColumnSum(dy.ToDoubles(), images * shape.Pixels, shape.Filters))],
            ]);
        }, variant, ("bias", bias));

    private static (string, object)[] Limit(int patches) => patches == Convolution.DefaultPatches ? [] : [("patches", patches)];

    private static OperationCase Declare(string operation, ConvolutionShape shape, int images, CaseInput input, bool timed,
        Func<CaseMemory, CaseBinding> bind, string? variant, params (string, object)[] settings) => new()
        {
            Operation = operation,
            Variant = variant,
            Lanes = MatMulCases.Lanes(variant),
            Parameters =
            [
                ("images", images), ("image", $"{shape.Image}x{shape.Channels}"), ("kernel", $"{shape.Kernel}x{shape.Filters}"),
                ("stride", shape.Stride), ("padding", shape.Padding), .. settings,
            ],
            Input = input,
            Flops = 2 * images * shape.MultiplyAdds,
            Bytes = 4L * ((images * ((long)shape.ImageLength + shape.OutputLength)) + shape.WeightLength),
            Timed = timed,
            Bind = bind,
        };
}
