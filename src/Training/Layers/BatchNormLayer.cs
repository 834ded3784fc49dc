using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Export;

namespace Gpu.Training.Layers;

/// <summary>
/// Batch normalisation, <c>batch-norm</c>: each channel (each number, where there is no picture) gets the mean 0 and the variance 1 over the batch,
/// then a scale and a shift that are learned; running statistics take the place of the batch's in evaluation. Ioffe and Szegedy, "Batch
/// normalization" (2015); epsilon 1e-5 and momentum 0.1 as in PyTorch, see <see cref="BatchNorm"/>.
/// </summary>
/// <param name="Input">What goes in.</param>
public sealed record BatchNormLayer(SampleSize Input) : Layer
{
    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("batch-norm", "batch-norm", _ => input => new BatchNormLayer(input));

    /// <inheritdoc/>
    public override SampleSize Input { get; } = Input;

    /// <inheritdoc/>
    public override SampleSize Output => Input;

    /// <inheritdoc/>
    public override string Words => Kind.Word;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterTensor> Tensors =>
    [
        new("scale", TensorRole.Normalisation, Channels) { Start = 1 },
        new("shift", TensorRole.Normalisation, Channels),
        new("running_mean", TensorRole.Statistic, Channels),
        new("running_variance", TensorRole.Statistic, Channels) { Start = 1 },
    ];

    private int Channels => Input.Channels;

    private int Pixels => Input.Height * Input.Width;

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows) => new()
    {
        Outputs = (long)rows * Outputs,
        Kept = Runs(accelerator, rows) is null ? 0 : BatchNorm.PartialsLength(rows * Pixels, Channels) + (2L * Channels),
        ForwardScratch = sizeof(float) * 2L * Channels,
    };

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => new Work(this, place);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) =>
        Reference64.BatchNorm(x, tensors[0], tensors[1], tensors[2], tensors[3], place.Rows * Pixels).Y.Values;

    /// <inheritdoc/>
    internal override OnnxValue Export(OnnxPlace place)
    {
        // A row for each pixel: ONNX wants the channels on the second axis.
        var rows = place.Graph.Reshape(place.X(Input), -1, Channels);
        string[] tensors = [.. Enumerable.Range(0, Tensors.Count).Select(place.Tensor)];
        var normalised = place.Graph.Node("BatchNormalization", [rows, .. tensors], OnnxGraph.Attribute("epsilon", BatchNorm.Epsilon));
        return new OnnxValue(place.Shaped(normalised, Output), Output);
    }

    /// <summary>The way back makes the gradients of scale and shift on its way to that of the inputs, so they are made there and fetched afterwards.</summary>
    private sealed class Work : LayerWork
    {
        private readonly BatchNormMemory _memory;
        private readonly int _rows;
        private readonly DeviceView<float> _partials;
        private readonly DeviceView<float> _dScale;
        private readonly DeviceView<float> _dShift;

        internal Work(BatchNormLayer layer, LayerPlace place) : base(place)
        {
            _rows = place.Rows * layer.Pixels;
            Above = CreateAbove(layer);
            _memory = new BatchNormMemory
            {
                Scale = place.Tensors[0],
                Shift = place.Tensors[1],
                RunningMean = place.Tensors[2],
                RunningVariance = place.Tensors[3],
                Statistics = Allocate<float>(2L * layer.Channels),
            };
            if (place.Learning is not null)
            {
                _partials = Allocate<float>(BatchNorm.PartialsLength(_rows, layer.Channels));
                (_dScale, _dShift) = (Allocate<float>(layer.Channels), Allocate<float>(layer.Channels));
            }
        }

        internal override LayerFlow Above { get; }

        internal override IEnumerable<Launch> Forward() =>
        [
            Place.Learning is null
                ? BatchNorm.PrepareEvaluation(Place.Accelerator, _memory, Place.Below.Output, _rows, Above.Output)
                : BatchNorm.PrepareForward(Place.Accelerator, _memory, Place.Below.Output, _rows, _partials, Above.Output),
        ];

        internal override IEnumerable<Launch> InputGradient() => [Backward(_dScale, _dShift, Place.Below.Gradient!.Value), .. ThroughActivationBelow()];

        internal override IEnumerable<Launch> ParameterGradient(IReadOnlyList<DeviceView<float>> gradients) => Place.Below.Gradient is null
            ? [Backward(gradients[0], gradients[1], Above.Gradient!.Value)]
            : [Copy.Prepare(Place.Accelerator, _dScale, gradients[0]), Copy.Prepare(Place.Accelerator, _dShift, gradients[1])];

        private Launch Backward(DeviceView<float> dScale, DeviceView<float> dShift, DeviceView<float> dx) => BatchNorm.PrepareBackward(
            Place.Accelerator, _memory, Place.Below.Output, Above.Gradient!.Value, _rows, _partials, dScale, dShift, dx);
    }
}
