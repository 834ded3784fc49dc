using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Export;

namespace Gpu.Training.Layers;

/// <summary>
/// Layer normalisation, <c>layer-norm</c>: each sample gets the mean 0 and the variance 1 over its own numbers, then a scale and a shift for each of them
/// that are learned; evaluation does the same. Ba, Kiros and Hinton, "Layer normalization" (2016); epsilon 1e-5 as in PyTorch, see <see cref="LayerNorm"/>.
/// </summary>
/// <param name="Input">What goes in.</param>
public sealed record LayerNormLayer(SampleSize Input) : Layer
{
    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("layer-norm", "layer-norm", _ => input => new LayerNormLayer(input));

    /// <inheritdoc/>
    public override SampleSize Input { get; } = Input;

    /// <inheritdoc/>
    public override SampleSize Output => Input;

    /// <inheritdoc/>
    public override string Words => Kind.Word;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterTensor> Tensors =>
        [new("scale", TensorRole.Normalisation, Inputs) { Start = 1 }, new("shift", TensorRole.Normalisation, Inputs)];

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows) =>
        new() { Outputs = (long)rows * Outputs, ForwardScratch = sizeof(float) * 2L * rows };

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => new Work(this, place);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) =>
        Reference64.LayerNorm(x, tensors[0], tensors[1], place.Rows).Y.Values;

    /// <inheritdoc/>
    internal override OnnxValue Export(OnnxPlace place)
    {
        var row = place.X(SampleSize.Of(Inputs));
        var normalised = place.Graph.Node(
            "LayerNormalization", [row, place.Tensor(0), place.Tensor(1)], OnnxGraph.Attribute("axis", 1), OnnxGraph.Attribute("epsilon", LayerNorm.Epsilon));
        return new OnnxValue(place.Shaped(normalised, Output), Output);
    }

    private sealed class Work : LayerWork
    {
        private readonly DeviceView<float> _statistics;

        internal Work(LayerNormLayer layer, LayerPlace place) : base(place)
        {
            Above = CreateAbove(layer);
            _statistics = Allocate<float>(2L * place.Rows);
        }

        internal override LayerFlow Above { get; }

        internal override IEnumerable<Launch> Forward() =>
            [LayerNorm.PrepareForward(Place.Accelerator, Place.Below.Output, Place.Tensors[0], Place.Tensors[1], Place.Rows, _statistics, Above.Output)];

        internal override IEnumerable<Launch> InputGradient() =>
        [
            LayerNorm.PrepareBackward(
                Place.Accelerator, Place.Below.Output, Above.Gradient!.Value, _statistics, Place.Tensors[0], Place.Rows, Place.Below.Gradient!.Value),
            .. ThroughActivationBelow(),
        ];

        internal override IEnumerable<Launch> ParameterGradient(IReadOnlyList<DeviceView<float>> gradients) =>
        [
            LayerNorm.PrepareParameterGradient(
                Place.Accelerator, Place.Below.Output, Above.Gradient!.Value, _statistics, Place.Rows, gradients[0], gradients[1]),
        ];
    }
}
