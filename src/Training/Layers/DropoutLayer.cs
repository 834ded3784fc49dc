using System.Globalization;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Export;

namespace Gpu.Training.Layers;

/// <summary>
/// Dropout, <c>dropout 0.5</c>: in training each number is 0 with this probability, and the others are divided by what remains of 1; evaluation
/// takes numbers as they are. Srivastava, Hinton and others, "Dropout: a simple way to prevent neural networks from overfitting" (2014), in the
/// inverted form of PyTorch.
/// </summary>
/// <param name="Input">What goes in.</param>
/// <param name="Rate">The probability, from 0 to below 1.</param>
public sealed record DropoutLayer(SampleSize Input, float Rate) : Layer
{
    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("dropout", "dropout 0.5", words =>
    {
        var rate = words.Share("the probability of a number to be dropped");
        return input => new DropoutLayer(input, rate);
    });

    /// <inheritdoc/>
    public override SampleSize Input { get; } = Input;

    /// <inheritdoc/>
    public override SampleSize Output => Input;

    /// <inheritdoc/>
    public override string Words => string.Create(CultureInfo.InvariantCulture, $"{Kind.Word} {Rate:R}");

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows) => new() { Kept = 2L * rows * Outputs };

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => place.Learning is null ? new HandingOn(place) : new Work(this, place, place.Learning);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) => Reference64.Dropout(
        x, Reference64.DropoutKeeps(new DropoutMask(place.Seed, place.Index, Rate), place.Step, firstRow: 0, place.Rows, Inputs), Rate).Values;

    /// <inheritdoc/>
    internal override OnnxValue Export(OnnxPlace place) => place.Below;

    /// <summary>The mask is made anew on the way back, from the same numbers: it is never kept.</summary>
    private sealed class Work : LayerWork
    {
        private readonly DropoutMask _mask;
        private readonly LearningPlace _learning;
        private readonly int _columns;

        internal Work(DropoutLayer layer, LayerPlace place, LearningPlace learning) : base(place)
        {
            (_mask, _learning, _columns) = (new DropoutMask(learning.Seed, place.Index, layer.Rate), learning, layer.Inputs);
            Above = CreateAbove(layer);
        }

        internal override LayerFlow Above { get; }

        internal override IEnumerable<Launch> Forward() => [Mask(Place.Below.Output, Above.Output)];

        internal override IEnumerable<Launch> InputGradient() =>
            [Mask(Above.Gradient!.Value, Place.Below.Gradient!.Value), .. ThroughActivationBelow()];

        private Launch Mask(DeviceView<float> from, DeviceView<float> to) =>
            Dropout.Prepare(Place.Accelerator, _mask, _learning.Cursor, from, Place.Rows, _columns, to);
    }
}
