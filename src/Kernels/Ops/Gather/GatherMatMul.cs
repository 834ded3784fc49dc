using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A first layer that reads the data set itself: x[r, f] = values[order[cursor.Sample + r], f] * scale + offset is gathered and
/// multiplied in one, and x is never stored.
/// <para>
/// The processor goes one of two ways, see <see cref="GatherShape.On"/>. Where the offset is 0 and most bytes are, bytes of 0 add nothing, and neighbours
/// that are 0 together are skipped, so the work shrinks with the share of zeros: four in five of MNIST's pixels are. Else a few rows, where weights are
/// learned, are gathered as floats, zeros and all, and multiplied in slices of features. The results have the bits of <see cref="GatherBatch"/> followed by
/// <see cref="MatMul"/>, but for outputs of a few rows with many features where weights are learned, which are two sums: of the first half of the features and of the
/// second. On graphics processors tiles load the bytes instead, zeros and all, and save a launch and the floats' way through
/// memory; see <see cref="ProductTable"/>.
/// </para>
/// </summary>
public sealed partial class GatherMatMul : IDisposable
{
    /// <summary>What can be forced, as <c>GPU_FORCE_GATHER_MATMUL</c> names it: variants of <see cref="MatMul"/> for devices.</summary>
    internal static OperationVariants Choices { get; } =
        new("gather-matmul", [MatMul.Plain, MatMul.Register, MatMul.Register128, MatMul.Register64, MatMul.Register64Dense, MatMul.Register32, MatMul.SplitK, MatMul.SplitGroup]);

    private readonly ComputeAccelerator _accelerator;
    private readonly DeviceView<byte> _values;
    private readonly DeviceView<byte> _labels;
    private readonly DeviceView<int> _order;
    private readonly DeviceView<int> _cursor;
    private readonly float _scale;
    private readonly GatherShape _shape;
    private readonly string? _variant;
    private readonly int _skipsZeros;
    private readonly IHostWay? _host;

    /// <summary>A first layer on a data set, for batches of one size.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="values">The data set: samples x features bytes.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="order">The samples in the order in which they are used.</param>
    /// <param name="cursor">See <see cref="StepCursor"/>.</param>
    /// <param name="scale">What a byte is multiplied by.</param>
    /// <param name="shape">The layer; where twins of the CPU run, one for which <see cref="IsWorthwhile"/> says yes.</param>
    /// <param name="variant">A variant of <see cref="MatMul"/> for devices that is forced; null where the device chooses.</param>
    public GatherMatMul(ComputeAccelerator accelerator, DeviceView<byte> values, DeviceView<byte> labels, DeviceView<int> order,
        DeviceView<int> cursor, float scale, GatherShape shape, string? variant = null)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Positive(shape.Rows, Operation);
        Require.Positive(shape.Features, Operation);
        Require.Positive(shape.Outputs, Operation);
        Require.Matrix(values, labels.Length, shape.Features, Operation);
        Require.AtLeast(order, shape.Rows, Operation);
        Require.AtLeast(cursor, StepCursor.Length, Operation);
        (_accelerator, _values, _labels, _order, _cursor, _scale, _shape) = (accelerator, values, labels, order, cursor, scale, shape);
        _variant = accelerator.Variants.Forced(Choices, variant);
        _skipsZeros = shape.SkipsZeros ? 1 : 0;
        _host = accelerator is CpuAccelerator cpu && _variant is null ? HostWay(cpu, scale, shape) : null;
    }

    private static string Operation => Choices.Operation;

    /// <summary>Whether this beats <see cref="GatherBatch"/> and <see cref="MatMul"/>.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="shape">The layer.</param>
    public static bool IsWorthwhile(ComputeAccelerator accelerator, GatherShape shape) => shape.On(accelerator) != GatherWay.Separate;

    /// <summary>The share of bytes that are not 0; 0 where there are none.</summary>
    public static double Density(ReadOnlySpan<byte> values) =>
        values.IsEmpty ? 0 : 1 - ((double)values.Count((byte)0) / values.Length);

    /// <summary>Whether the other launches need what <see cref="PrepareGather"/> finds out; else it only copies labels.</summary>
    public bool NeedsGather => _host is not null;

    /// <summary>
    /// Prepares the gather of a batch: labels, and what the other launches need to know of its bytes. It comes first in a
    /// step.
    /// </summary>
    /// <param name="batchLabels">(rows): the labels of the batch.</param>
    public Launch PrepareGather(DeviceView<int> batchLabels)
    {
        Require.Length(batchLabels, _shape.Rows, Operation);
        return _host is { } host
            ? host.PrepareGather(this, batchLabels)
            : _accelerator.Prepare(GatherLabelsKernel, LaunchShape.Linear(_shape.Rows), _labels, _order, _cursor, _shape.Rows, batchLabels);
    }

    /// <summary>Prepares y = activation(x w + bias).</summary>
    /// <param name="w">(features, outputs): the weights.</param>
    /// <param name="bias">(outputs).</param>
    /// <param name="activation">What is applied to the sums.</param>
    /// <param name="y">(rows, outputs): the outputs.</param>
    /// <param name="sums">(rows, outputs): takes x w + bias where the activation asks for its sums and they are to be kept.</param>
    public Launch PrepareForward(DeviceView<float> w, DeviceView<float> bias, Activation activation, DeviceView<float> y, DeviceView<float>? sums = null)
    {
        Require.Matrix(w, _shape.Features, _shape.Outputs, Operation);
        Require.Length(bias, _shape.Outputs, Operation);
        Require.Matrix(y, _shape.Rows, _shape.Outputs, Operation);
        if (sums is { } kept)
        {
            Activations.RequireKeeps(activation, Operation);
            Require.Matrix(kept, _shape.Rows, _shape.Outputs, Operation);
        }

        return _host is { } host ? host.PrepareForward(new(w, bias, activation, y, sums))
            : sums is not { } target ? DeviceForward(w, bias, activation, y)
            : _accelerator.Sequence($"{Operation}-forward",
                [DeviceForward(w, bias, Activation.Identity, target), Activations.PrepareForward(_accelerator, activation, target, y)]);
    }

    /// <summary>Prepares dw = x^T dy.</summary>
    /// <param name="dy">(rows, outputs): the gradient by the layer's sums.</param>
    /// <param name="dw">(features, outputs): the gradient by the weights.</param>
    public Launch PrepareWeightGradient(DeviceView<float> dy, DeviceView<float> dw)
    {
        Require.Matrix(dy, _shape.Rows, _shape.Outputs, Operation);
        Require.Matrix(dw, _shape.Features, _shape.Outputs, Operation);
        return _host is { } host
            ? host.PrepareWeights(dy, null, _cursor, dw)
            : DeviceGradient(dy, dw, null);
    }

    /// <summary>Prepares w = w - rate x^T dy, with the rate of the cursor's step: the gradient and plain descent in one.</summary>
    /// <param name="dy">(rows, outputs): the gradient by the layer's sums.</param>
    /// <param name="rates">The learning rate of each step of the epoch.</param>
    /// <param name="w">(features, outputs): the weights.</param>
    public Launch PrepareWeightUpdate(DeviceView<float> dy, DeviceView<float> rates, DeviceView<float> w)
    {
        Require.Matrix(dy, _shape.Rows, _shape.Outputs, Operation);
        Require.AtLeast(rates, 1, Operation);
        Require.Matrix(w, _shape.Features, _shape.Outputs, Operation);
        return _host is { } host
            ? host.PrepareWeights(dy, rates, _cursor, w)
            : DeviceUpdate(dy, rates, w, null);
    }

    /// <summary>Prepares dw = x^T dy and db = the column sums of dy.</summary>
    /// <param name="dy">(rows, outputs): the gradient by the layer's sums.</param>
    /// <param name="dw">(features, outputs): the gradient by the weights.</param>
    /// <param name="db">(outputs): the gradient by the biases.</param>
    public Launch PrepareLayerGradient(DeviceView<float> dy, DeviceView<float> dw, DeviceView<float> db)
    {
        Require.Matrix(dy, _shape.Rows, _shape.Outputs, Operation);
        Require.Matrix(dw, _shape.Features, _shape.Outputs, Operation);
        Require.Length(db, _shape.Outputs, Operation);
        return _host is null
            ? DeviceGradient(dy, dw, db)
            : _accelerator.Independent("layer-gradient", [PrepareWeightGradient(dy, dw), ColumnSum.Prepare(_accelerator, dy, _shape.Rows, _shape.Outputs, db)]);
    }

    /// <summary>Prepares w = w - rate x^T dy and bias = bias - rate times the column sums of dy, with the rate of the cursor's step.</summary>
    /// <param name="dy">(rows, outputs): the gradient by the layer's sums.</param>
    /// <param name="rates">The learning rate of each step of the epoch.</param>
    /// <param name="w">(features, outputs): the weights.</param>
    /// <param name="bias">(outputs): the biases.</param>
    public Launch PrepareLayerUpdate(DeviceView<float> dy, DeviceView<float> rates, DeviceView<float> w, DeviceView<float> bias)
    {
        Require.Matrix(dy, _shape.Rows, _shape.Outputs, Operation);
        Require.AtLeast(rates, 1, Operation);
        Require.Matrix(w, _shape.Features, _shape.Outputs, Operation);
        Require.Length(bias, _shape.Outputs, Operation);
        return _host is null
            ? DeviceUpdate(dy, rates, w, bias)
            : _accelerator.Independent("layer-update",
                [PrepareWeightUpdate(dy, rates, w), ColumnSum.PrepareUpdate(_accelerator, dy, rates, _cursor, _shape.Rows, _shape.Outputs, bias)]);
    }

    /// <inheritdoc/>
    public void Dispose() => _host?.Dispose();
}
