using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Export;
using Gpu.Training.Networks;

namespace Gpu.Training.Layers;

/// <summary>
/// A convolution, <c>conv 5x5x20 relu</c> or <c>conv 3x3x32 stride 2 padding 1 relu</c>: rows x columns of the window x filters. Each filter gives
/// for each place of the window the sum of the numbers under it times its weights, and a bias of its own; then the activation. Padding is zeros.
/// </summary>
/// <param name="Shape">Window, picture and filters.</param>
/// <param name="Activation">What is applied to the sums.</param>
public sealed record ConvolutionLayer(ConvolutionShape Shape, Activation Activation) : Layer
{
    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("conv", "conv 5x5x20 relu", Read);

    /// <inheritdoc/>
    public override SampleSize Input => Windows.Input(Shape);

    /// <inheritdoc/>
    public override SampleSize Output => new(Shape.Output.Height, Shape.Output.Width, Shape.Filters);

    /// <inheritdoc/>
    public override Activation Activation { get; init; } = Activation;

    /// <inheritdoc/>
    public override string Words =>
        $"{Kind.Word} {Shape.Kernel}x{Shape.Filters}{Windows.Text("stride", Shape.Stride, Extent.Square(1))}{Windows.Text("padding", Shape.Padding, default)}"
        + (Activation == Activation.Identity ? "" : $" {NetworkNames.Of(Activation)}");

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterTensor> Tensors =>
    [
        new("weight", TensorRole.Weight, Shape.Kernel.Height, Shape.Kernel.Width, Shape.Channels, Shape.Filters)
        {
            FanIn = Shape.PatchLength,
            FanOut = Shape.Kernel.Height * Shape.Kernel.Width * Shape.Filters,
        },
        new("bias", TensorRole.Bias, Shape.Filters),
    ];

    /// <inheritdoc/>
    public override long MultiplyAdds => Shape.MultiplyAdds;

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows)
    {
        var outputs = (long)rows * Outputs;
        var memory = new LayerMemory { Outputs = outputs, Kept = Activations.KeepsSum(Activation) ? outputs : 0 };
        return Runs(accelerator, rows) is not { } device ? memory : memory with
        {
            ForwardScratch = Convolution.ForwardScratchBytes(device, Shape, rows),
            InputScratch = Convolution.InputGradientScratchBytes(device, Shape, rows),
            ParameterScratch = Convolution.LayerGradientScratchBytes(device, Shape, rows),
        };
    }

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => new Work(this, place);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) =>
        Reference64.ConvolutionForward(Shape, x, tensors[0], tensors[1], Activation, place.Rows).Values;

    /// <inheritdoc/>
    internal override OnnxValue Export(OnnxPlace place)
    {
        var sums = place.Moving("Conv", Shape, Input, [place.Kernel(0), place.Tensor(1)]);
        return place.ChannelsLast(place.Graph.Activation(Activation, sums), Output);
    }

    private static Func<SampleSize, Layer> Read(LayerWords words)
    {
        var sizes = words.Sizes("window and filters, such as 5x5x20,", least: 3, most: 3);
        var stride = words.Pair("stride", leastSize: 1) is { } asked ? Windows.Extent(asked) : Extent.Square(1);
        var padding = words.Pair("padding", leastSize: 0) is { } more ? Windows.Extent(more) : default;
        var activation = words.Activation();
        return input => Windows.Fit(words.Text, input, () => new ConvolutionLayer(
            new ConvolutionShape(input.Channels, Windows.Pixels(input), sizes[2], new Extent(sizes[0], sizes[1]), stride, padding), activation));
    }

    private sealed class Work : LayerWork
    {
        private readonly ConvolutionLayer _layer;

        internal Work(ConvolutionLayer layer, LayerPlace place) : base(place)
        {
            _layer = layer;
            Above = CreateAbove(layer);
        }

        internal override LayerFlow Above { get; }

        internal override IEnumerable<Launch> Forward() =>
        [
            Convolution.PrepareForward(
                Place.Accelerator, _layer.Shape, Place.Below.Output, Place.Tensors[0], Place.Tensors[1], _layer.Activation, Place.Rows, Above.Output, Sums),
        ];

        internal override IEnumerable<Launch> InputGradient() =>
        [
            Convolution.PrepareInputGradient(
                Place.Accelerator, _layer.Shape, Above.Gradient!.Value, Place.Tensors[0], Place.Below.Kept, Place.Below.Activation, Place.Rows,
                Place.Below.Gradient!.Value),
        ];

        internal override IEnumerable<Launch> ParameterGradient(IReadOnlyList<DeviceView<float>> gradients) =>
        [
            Convolution.PrepareLayerGradient(
                Place.Accelerator, _layer.Shape, Place.Below.Output, Above.Gradient!.Value, Place.Rows, gradients[0], gradients[1]),
        ];
    }
}
