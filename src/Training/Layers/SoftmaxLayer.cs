using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Export;

namespace Gpu.Training.Layers;

/// <summary>
/// Softmax, <c>softmax</c>: the numbers of a sample, or of each pixel over its channels, become shares, e^x over the sum of them. The softmax before
/// a loss is that of the loss's head and no layer.
/// </summary>
/// <param name="Input">What goes in.</param>
public sealed record SoftmaxLayer(SampleSize Input) : Layer
{
    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("softmax", "softmax", _ => input => new SoftmaxLayer(input));

    /// <inheritdoc/>
    public override SampleSize Input { get; } = Input;

    /// <inheritdoc/>
    public override SampleSize Output => Input;

    /// <inheritdoc/>
    public override string Words => Kind.Word;

    private int Pixels => Input.Height * Input.Width;

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows) => new() { Outputs = (long)rows * Outputs };

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => new Work(this, place);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) =>
        Reference64.SoftmaxForward(x, place.Rows * Pixels, Input.Channels).Values;

    /// <inheritdoc/>
    internal override OnnxValue Export(OnnxPlace place) =>
        new(place.Graph.Node("Softmax", [place.X(Input)], OnnxGraph.Attribute("axis", -1)), Output);

    private sealed class Work : LayerWork
    {
        private readonly int _rows;
        private readonly int _columns;

        internal Work(SoftmaxLayer layer, LayerPlace place) : base(place)
        {
            (_rows, _columns) = (place.Rows * layer.Pixels, layer.Input.Channels);
            Above = CreateAbove(layer);
        }

        internal override LayerFlow Above { get; }

        internal override IEnumerable<Launch> Forward() => [Softmax.PrepareForward(Place.Accelerator, Place.Below.Output, _rows, _columns, Above.Output)];

        internal override IEnumerable<Launch> InputGradient() =>
        [
            Softmax.PrepareBackward(Place.Accelerator, Above.Output, Above.Gradient!.Value, _rows, _columns, Place.Below.Gradient!.Value),
            .. ThroughActivationBelow(),
        ];
    }
}
