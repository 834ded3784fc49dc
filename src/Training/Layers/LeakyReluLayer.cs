using System.Globalization;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Export;

namespace Gpu.Training.Layers;

/// <summary>
/// The leaky ReLU with a slope, <c>leaky-relu 0.2</c>: y = x where x is above 0, else s x. Without one it is the activation of that name, whose
/// slope is 0.01 and which a layer's product takes in its own launch.
/// </summary>
/// <param name="Input">What goes in.</param>
/// <param name="Slope">s, from 0 to below 1.</param>
public sealed record LeakyReluLayer(SampleSize Input, float Slope) : Layer
{
    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("leaky-relu", "leaky-relu 0.2", words =>
    {
        var slope = words.Share("the slope");
        return input => new LeakyReluLayer(input, slope);
    });

    /// <inheritdoc/>
    public override SampleSize Input { get; } = Input;

    /// <inheritdoc/>
    public override SampleSize Output => Input;

    /// <inheritdoc/>
    public override string Words => string.Create(CultureInfo.InvariantCulture, $"{Kind.Word} {Slope:R}");

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows) => new() { Outputs = (long)rows * Outputs };

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => new Work(this, place);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) => Reference64.SlopedRelu(x, Slope).Values;

    /// <inheritdoc/>
    internal override OnnxValue Export(OnnxPlace place) =>
        new(place.Graph.Node("LeakyRelu", [place.X(Input)], OnnxGraph.Attribute("alpha", Slope)), Output);

    private sealed class Work : LayerWork
    {
        private readonly float _slope;

        internal Work(LeakyReluLayer layer, LayerPlace place) : base(place)
        {
            _slope = layer.Slope;
            Above = CreateAbove(layer);
        }

        internal override LayerFlow Above { get; }

        internal override IEnumerable<Launch> Forward() => [SlopedRelu.PrepareForward(Place.Accelerator, Place.Below.Output, _slope, Above.Output)];

        internal override IEnumerable<Launch> InputGradient() =>
        [
            SlopedRelu.PrepareBackward(Place.Accelerator, Place.Below.Output, Above.Gradient!.Value, _slope, Place.Below.Gradient!.Value),
            .. ThroughActivationBelow(),
        ];
    }
}
