using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;

namespace Gpu.Training.Loop;

/// <summary>Everything a step's first layer reads: bytes, order, cursor, and how a byte becomes an input.</summary>
internal sealed record StepInput(SampleFeed Feed, StepState State, PixelScaling Scaling, double Density, int Rows, int Features)
{
    /// <summary>Whether the samples are floats, which become inputs as they are.</summary>
    internal bool AreFloats { get; init; }

    /// <summary>The gather of a batch: its inputs as floats, and its labels.</summary>
    internal Launch PrepareGather(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<int> labels) => AreFloats
        ? GatherFloats.Prepare(accelerator, Feed.Values, Feed.Labels, Feed.Order, State.Cursor, Rows, Features, x, labels)
        : GatherBatch.Prepare(
            accelerator, Feed.Values, Feed.Labels, Feed.Order, State.Cursor, Scaling.Scale, Scaling.Offset, Rows, Features, x, labels);
}

/// <summary>The layer that reads the data set: the gather of a batch, its multiply, and the gradient of its parameters.</summary>
internal abstract class FirstLayer : IDisposable
{
    /// <summary>Whether the other launches need <see cref="Gather"/> for more than the labels.</summary>
    internal abstract bool NeedsGather { get; }

    /// <summary>Copies the batch's labels, and its inputs where the multiply does not read the bytes itself.</summary>
    internal abstract Launch Gather(DeviceView<int> labels);

    /// <summary>y = act(x W + b), and the sums where they are to be kept.</summary>
    internal abstract Launch Forward(
        DeviceView<float> weights, DeviceView<float> biases, Activation activation, DeviceView<float> y, DeviceView<float>? sums);

    /// <summary>dW = x^T dy and db = the column sums of dy.</summary>
    internal abstract Launch Gradient(DeviceView<float> dy, DeviceView<float> weightGradient, DeviceView<float> biasGradient);

    /// <summary>W -= rate x^T dy and b -= rate times the column sums of dy.</summary>
    internal abstract Launch Update(DeviceView<float> dy, DeviceView<float> weights, DeviceView<float> biases);

    public abstract void Dispose();

    /// <summary>
    /// The layer for this device and data: the processor reads the bytes in the multiply where most of them are 0 and it can skip those,
    /// graphics processors do always.
    /// </summary>
    internal static FirstLayer Create(ComputeAccelerator accelerator, StepInput input, int outputs) =>
        !input.AreFloats && GatherMatMul.IsWorthwhile(accelerator, input.Density, input.Scaling.Offset)
            ? new GatheringFirstLayer(accelerator, input, outputs)
            : new DenseFirstLayer(accelerator, input, outputs);
}

/// <summary>Gathers the batch as floats, then multiplies.</summary>
internal sealed class DenseFirstLayer(ComputeAccelerator accelerator, StepInput input, int outputs) : FirstLayer
{
    private readonly DeviceBuffer<float> _x = accelerator.Allocate<float>(input.Rows * input.Features);

    internal override bool NeedsGather => true;

    internal override Launch Gather(DeviceView<int> labels) => input.PrepareGather(accelerator, _x, labels);

    internal override Launch Forward(
        DeviceView<float> weights, DeviceView<float> biases, Activation activation, DeviceView<float> y, DeviceView<float>? sums) =>
        MatMul.PrepareForward(accelerator, _x, weights, biases, activation, input.Rows, input.Features, outputs, y, sums: sums);

    internal override Launch Gradient(DeviceView<float> dy, DeviceView<float> weightGradient, DeviceView<float> biasGradient) =>
        MatMul.PrepareLayerGradient(accelerator, _x, dy, input.Rows, input.Features, outputs, weightGradient, biasGradient);

    internal override Launch Update(DeviceView<float> dy, DeviceView<float> weights, DeviceView<float> biases) =>
        MatMul.PrepareLayerUpdate(
            accelerator, _x, dy, input.State.Rates, input.State.Cursor, input.Rows, input.Features, outputs, weights, biases);

    public override void Dispose() => _x.Dispose();
}

/// <summary>Multiplies straight from the bytes.</summary>
internal sealed class GatheringFirstLayer(ComputeAccelerator accelerator, StepInput input, int outputs) : FirstLayer
{
    private readonly GatherMatMul _matMul = new(
        accelerator, input.Feed.Values, input.Feed.Labels, input.Feed.Order, input.State.Cursor,
        input.Scaling.Scale, input.Rows, input.Features, outputs, input.Scaling.Offset);

    internal override bool NeedsGather => _matMul.NeedsGather;

    internal override Launch Gather(DeviceView<int> labels) => _matMul.PrepareGather(labels);

    internal override Launch Forward(
        DeviceView<float> weights, DeviceView<float> biases, Activation activation, DeviceView<float> y, DeviceView<float>? sums) =>
        _matMul.PrepareForward(weights, biases, activation, y, sums);

    internal override Launch Gradient(DeviceView<float> dy, DeviceView<float> weightGradient, DeviceView<float> biasGradient) =>
        _matMul.PrepareLayerGradient(dy, weightGradient, biasGradient);

    internal override Launch Update(DeviceView<float> dy, DeviceView<float> weights, DeviceView<float> biases) =>
        _matMul.PrepareLayerUpdate(dy, input.State.Rates, weights, biases);

    public override void Dispose() => _matMul.Dispose();
}
