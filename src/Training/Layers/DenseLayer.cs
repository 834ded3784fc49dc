using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Export;
using Gpu.Training.Networks;

namespace Gpu.Training.Layers;

/// <summary>
/// A dense layer, <c>dense 128 relu</c>: y = activation(x W + b), where x is rows x inputs, W is inputs x outputs and b has a number for each
/// output. A picture goes in as the row of its numbers.
/// </summary>
/// <param name="Input">What goes in.</param>
/// <param name="Units">Numbers that come out for each sample.</param>
/// <param name="Activation">What is applied to the sums.</param>
public sealed record DenseLayer(SampleSize Input, int Units, Activation Activation) : Layer
{
    /// <summary>A layer between plain numbers.</summary>
    public DenseLayer(int inputs, int outputs, Activation activation) : this(SampleSize.Of(inputs), outputs, activation)
    {
    }

    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("dense", "dense 128 relu", words =>
    {
        var (units, activation) = (words.Count("the number of outputs"), words.Activation());
        return input => new DenseLayer(input, units, activation);
    });

    /// <inheritdoc/>
    public override SampleSize Input { get; } = SampleSize.Of(Input.Count);

    /// <inheritdoc/>
    public override SampleSize Output => SampleSize.Of(Units);

    /// <inheritdoc/>
    public override Activation Activation { get; init; } = Activation;

    /// <inheritdoc/>
    public override string Words => $"{Kind.Word} {Units}{(Activation == Activation.Identity ? "" : $" {NetworkNames.Of(Activation)}")}";

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterTensor> Tensors =>
    [
        new("weight", TensorRole.Weight, Inputs, Units) { FanIn = Inputs, FanOut = Units },
        new("bias", TensorRole.Bias, Units),
    ];

    /// <inheritdoc/>
    public override long MultiplyAdds => (long)Inputs * Units;

    /// <inheritdoc/>
    internal override bool UpdatesInPlace => true;

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows)
    {
        var memory = new LayerMemory { Outputs = (long)rows * Units, Kept = Activations.KeepsSum(Activation) ? (long)rows * Units : 0 };
        return Runs(accelerator, rows) is not { } device ? memory : memory with
        {
            ForwardScratch = MatMul.ForwardScratchBytes(device, rows, Inputs, Units),
            InputScratch = MatMul.InputGradientScratchBytes(device, rows, Inputs, Units),
            ParameterScratch = MatMul.LayerGradientScratchBytes(device, rows, Inputs, Units),
        };
    }

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => new Work(this, place);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) => Reference64.ActivationForward(
        Activation, Reference64.MatMulForward(x, tensors[0], tensors[1], Activation.Identity, place.Rows, Inputs, Units).Values).Values;

    /// <inheritdoc/>
    internal override OnnxValue Export(OnnxPlace place)
    {
        var sums = place.Graph.Node("Gemm", [place.X(Input), place.Tensor(0), place.Tensor(1)]);
        return new OnnxValue(place.Graph.Activation(Activation, sums), Output);
    }

    private sealed class Work : LayerWork
    {
        private readonly DenseLayer _layer;

        internal Work(DenseLayer layer, LayerPlace place) : base(place)
        {
            _layer = layer;
            Above = CreateAbove(layer);
        }

        internal override LayerFlow Above { get; }

        internal override IEnumerable<Launch> Forward() =>
        [
            MatMul.PrepareForward(
                Place.Accelerator, Place.Below.Output, Place.Tensors[0], Place.Tensors[1], _layer.Activation, Place.Rows, _layer.Inputs, _layer.Units,
                Above.Output, sums: Sums),
        ];

        internal override IEnumerable<Launch> InputGradient() =>
        [
            MatMul.PrepareInputGradient(
                Place.Accelerator, Above.Gradient!.Value, Place.Tensors[0], Place.Below.Kept, Place.Below.Activation, Place.Rows, _layer.Inputs,
                _layer.Units, Place.Below.Gradient!.Value),
        ];

        internal override IEnumerable<Launch> ParameterGradient(IReadOnlyList<DeviceView<float>> gradients) =>
        [
            MatMul.PrepareLayerGradient(
                Place.Accelerator, Place.Below.Output, Above.Gradient!.Value, Place.Rows, _layer.Inputs, _layer.Units, gradients[0], gradients[1]),
        ];

        internal override Launch Update(DeviceView<float> rates) => MatMul.PrepareLayerUpdate(
            Place.Accelerator, Place.Below.Output, Above.Gradient!.Value, rates, Place.Learning!.Cursor, Place.Rows, _layer.Inputs, _layer.Units,
            Place.Tensors[0], Place.Tensors[1]);
    }
}
