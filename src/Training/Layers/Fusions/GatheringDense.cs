using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Loop;

namespace Gpu.Training.Layers;

/// <summary>
/// A dense layer that is the first one and multiplies straight from the bytes of the samples, which are never written down as floats: the
/// processor does where most bytes are 0 and can be skipped; where not, it keeps slices of them as floats while it learns. Graphics processors
/// multiply from the bytes always.
/// </summary>
internal sealed class GatheringDense : LayerWork
{
    private readonly DenseLayer _layer;
    private readonly GatherMatMul _matMul;

    internal GatheringDense(DenseLayer layer, LayerPlace place, StepInput input) : base(place)
    {
        _layer = layer;
        _matMul = Own(new GatherMatMul(
            place.Accelerator, input.Feed.Values, input.Feed.Labels, input.Feed.Order, input.State.Cursor, input.Scaling.Scale,
            input.GatherShape(layer, place.Learning is not null)));
        Above = CreateAbove(layer);
    }

    internal override LayerFlow Above { get; }

    /// <summary>Whether the other launches need <see cref="Gather"/> for more than the labels.</summary>
    internal bool NeedsGather => _matMul.NeedsGather;

    /// <summary>How a first layer reads the bytes of a batch.</summary>
    internal static GatherShape ShapeOf(Layer first, int rows, double density, float offset, bool learns) =>
        new(rows, first.Inputs, first.Outputs) { Density = density, Offset = offset, Learns = learns };

    /// <summary>Whether a network's first layer is one that gains by it.</summary>
    internal static bool Suits(ComputeAccelerator accelerator, Layer first, GatherShape shape) =>
        first is DenseLayer && GatherMatMul.IsWorthwhile(accelerator, shape);

    /// <summary>What its gradients or updates take.</summary>
    internal static long GradientScratchBytes(ComputeAccelerator accelerator, Layer first, int rows) =>
        GatherMatMul.GradientScratchBytes(accelerator, rows, first.Inputs, first.Outputs);

    /// <summary>Copies the labels of the batch, and what else the other launches need.</summary>
    internal Launch Gather(DeviceView<int> labels) => _matMul.PrepareGather(labels);

    internal override IEnumerable<Launch> Forward() =>
        [_matMul.PrepareForward(Place.Tensors[0], Place.Tensors[1], _layer.Activation, Above.Output, Sums)];

    internal override IEnumerable<Launch> InputGradient() => [];

    internal override IEnumerable<Launch> ParameterGradient(IReadOnlyList<DeviceView<float>> gradients) =>
        [_matMul.PrepareLayerGradient(Above.Gradient!.Value, gradients[0], gradients[1])];

    internal override Launch Update(DeviceView<float> rates) =>
        _matMul.PrepareLayerUpdate(Above.Gradient!.Value, rates, Place.Tensors[0], Place.Tensors[1]);

    internal override Launch? Descent(UpdateSettings settings, UpdateMemory memory, IReadOnlyList<DeviceView<float>> gradients) => _matMul.FusesDescent
        ? _matMul.PrepareLayerDescent(Above.Gradient!.Value, settings, memory, gradients[1])
        : null;
}
