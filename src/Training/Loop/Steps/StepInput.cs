using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Layers;

namespace Gpu.Training.Loop;

/// <summary>Everything a step's first layer reads: bytes, order, cursor, and how a byte becomes an input.</summary>
internal sealed record StepInput(SampleFeed Feed, StepState State, PixelScaling Scaling, double Density, int Rows, int Features)
{
    /// <summary>Whether the samples are floats, which become inputs as they are.</summary>
    internal bool AreFloats { get; init; }

    /// <summary>Floats behind the inputs of a sample that are to be learned.</summary>
    internal int Quantities { get; init; }

    /// <summary>How the first layer reads the bytes.</summary>
    internal GatherShape GatherShape(Layer first, bool learns) =>
        GatheringDense.ShapeOf(first, Rows, Density, Scaling.Offset, learns);

    /// <summary>The gather of a batch's quantities, beside labels that say nothing.</summary>
    internal Launch PrepareTargets(ComputeAccelerator accelerator, DeviceView<float> targets, DeviceView<int> labels) => GatherFloats.Prepare(
        accelerator, Feed.Values, Feed.Labels, Feed.Order, State.Cursor, Rows, Quantities, Features + Quantities, Features, targets, labels);

    /// <summary>The gather of a batch: its inputs as floats, and its labels.</summary>
    internal Launch PrepareGather(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<int> labels) => AreFloats
        ? GatherFloats.Prepare(accelerator, Feed.Values, Feed.Labels, Feed.Order, State.Cursor, Rows, Features, Features + Quantities, first: 0, x, labels)
        : GatherBatch.Prepare(
            accelerator, Feed.Values, Feed.Labels, Feed.Order, State.Cursor, Scaling.Scale, Scaling.Offset, Rows, Features, x, labels);
}
