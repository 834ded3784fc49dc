using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Export;
using Gpu.Training.Networks;

namespace Gpu.Training.Layers;

/// <summary>An activation alone, <c>activation relu</c> or <c>relu</c>: y = f(x), number by number.</summary>
/// <param name="Input">What goes in.</param>
/// <param name="Activation">The f.</param>
public sealed record ActivationLayer(SampleSize Input, Activation Activation) : Layer
{
    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("activation", "activation relu", words =>
    {
        var function = words.Activation();
        return input => new ActivationLayer(input, function);
    });

    /// <inheritdoc/>
    public override SampleSize Input { get; } = Input;

    /// <inheritdoc/>
    public override SampleSize Output => Input;

    /// <inheritdoc/>
    public override Activation Activation { get; init; } = Activation;

    /// <inheritdoc/>
    public override string Words => $"{Kind.Word} {NetworkNames.Of(Activation)}";

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows) => new() { Outputs = (long)rows * Outputs };

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => new Work(this, place);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) => Reference64.ActivationForward(Activation, x).Values;

    /// <inheritdoc/>
    internal override OnnxValue Export(OnnxPlace place) => new(place.Graph.Activation(Activation, place.X(Input)), Output);

    /// <summary>Its sums are its inputs, which lie below already; the gradient by them is what goes down.</summary>
    private sealed class Work : LayerWork
    {
        internal Work(ActivationLayer layer, LayerPlace place) : base(place)
        {
            var (count, learns) = ((long)place.Rows * layer.Outputs, place.Learning is not null);
            var output = Allocate<float>(count);
            Above = new LayerFlow(output, learns ? Allocate<float>(count) : null)
            {
                Activation = layer.Activation,
                Kept = Activations.KeepsSum(layer.Activation) ? place.Below.Output : output,
            };
        }

        internal override LayerFlow Above { get; }

        internal override IEnumerable<Launch> Forward() =>
            [Activations.PrepareForward(Place.Accelerator, Above.Activation, Place.Below.Output, Above.Output)];

        /// <summary>What came down went through this activation already.</summary>
        internal override IEnumerable<Launch> InputGradient() =>
            [Activations.PrepareBackward(Place.Accelerator, Place.Below.Activation, Place.Below.Kept, Above.Gradient!.Value, Place.Below.Gradient!.Value)];
    }
}
