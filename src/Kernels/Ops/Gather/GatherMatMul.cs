using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A first layer that reads the data set itself: x[r, f] = values[order[cursor.Sample + r], f] * scale + offset is gathered and
/// multiplied in one, and x is never stored.
/// <para>
/// On the CPU the offset must be 0: bytes of 0 add nothing then, and neighbours that are 0 together are skipped, so the work shrinks
/// with the share of zeros: four in five of MNIST's pixels are. The results have the bits of <see cref="GatherBatch"/> followed by
/// <see cref="MatMul"/>, but for outputs of a few rows with many features where weights are learned, which are two sums: of the first half of the features and of the
/// second. On graphics processors tiles load the bytes instead, zeros and all, and save a launch and the floats' way through
/// memory; see <see cref="ProductTable"/>.
/// </para>
/// </summary>
public sealed partial class GatherMatMul : IDisposable
{
    /// <summary>
    /// Above this share of bytes that are not 0 the dense multiply is taken. It was the faster one there while the sparse one read a row of weights
    /// anew for every sample; where they meet now has not been measured.
    /// </summary>
    private const double HighestDensity = 0.5;

    /// <summary>What can be forced, as <c>GPU_FORCE_GATHER_MATMUL</c> names it: variants of <see cref="MatMul"/> for devices.</summary>
    internal static OperationVariants Choices { get; } =
        new("gather-matmul", [MatMul.Plain, MatMul.Register, MatMul.Register128, MatMul.Register64, MatMul.Register64Dense, MatMul.Register32, MatMul.SplitK, MatMul.SplitGroup]);

    private readonly ComputeAccelerator _accelerator;
    private readonly DeviceView<byte> _values;
    private readonly DeviceView<byte> _labels;
    private readonly DeviceView<int> _order;
    private readonly DeviceView<int> _cursor;
    private readonly float _scale;
    private readonly float _offset;
    private readonly string? _variant;
    private readonly int _rows;
    private readonly int _features;
    private readonly int _outputs;
    private readonly bool _learns;
    private readonly Scratch? _scratch;

    /// <summary>A first layer on a data set, for batches of one size.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="values">The data set: samples x features bytes.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="order">The samples in the order in which they are used.</param>
    /// <param name="cursor">See <see cref="StepCursor"/>.</param>
    /// <param name="scale">What a byte is multiplied by.</param>
    /// <param name="rows">Rows of a batch.</param>
    /// <param name="features">Bytes of a sample.</param>
    /// <param name="outputs">Outputs of the layer.</param>
    /// <param name="offset">What is added after that; 0 where twins of the CPU run.</param>
    /// <param name="variant">A variant of <see cref="MatMul"/> for devices that is forced; null where the device chooses.</param>
    /// <param name="learns">Whether its weights are updated step by step: few rows are sliced then, see the class.</param>
    public GatherMatMul(ComputeAccelerator accelerator, DeviceView<byte> values, DeviceView<byte> labels, DeviceView<int> order,
        DeviceView<int> cursor, float scale, int rows, int features, int outputs, float offset = 0, string? variant = null, bool learns = false)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Positive(rows, Operation);
        Require.Positive(features, Operation);
        Require.Positive(outputs, Operation);
        Require.Matrix(values, labels.Length, features, Operation);
        Require.AtLeast(order, rows, Operation);
        Require.AtLeast(cursor, StepCursor.Length, Operation);
        (_accelerator, _values, _labels, _order, _cursor) = (accelerator, values, labels, order, cursor);
        (_scale, _offset, _rows, _features, _outputs) = (scale, offset, rows, features, outputs);
        _learns = learns;
        _variant = accelerator.Variants.Forced(Choices, variant);
        if (accelerator is CpuAccelerator cpu && _variant is null)
        {
            _scratch = offset == 0 ? new Scratch(cpu, scale, rows, features, outputs, learns) : throw new ArgumentOutOfRangeException(nameof(offset),
                offset, $"{Operation}: on the CPU the offset must be 0, it is {offset}: gather and multiply separately.");
        }
    }

    private static string Operation => Choices.Operation;

    /// <summary>
    /// Whether this beats <see cref="GatherBatch"/> and <see cref="MatMul"/>: a function of device and data, not of a timing. The simulator does as
    /// the processor does, for the same bits.
    /// </summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="density">The share of the data set's bytes that are not 0, see <see cref="Density"/>.</param>
    /// <param name="offset">What is added to a scaled byte.</param>
    public static bool IsWorthwhile(ComputeAccelerator accelerator, double density, float offset) =>
        accelerator.IsHost
            ? offset == 0 && density <= HighestDensity
            : ProductTable.Chooses(accelerator);

    /// <summary>The share of bytes that are not 0; 0 where there are none.</summary>
    public static double Density(ReadOnlySpan<byte> values) =>
        values.IsEmpty ? 0 : 1 - ((double)values.Count((byte)0) / values.Length);

    /// <summary>Whether the other launches need what <see cref="PrepareGather"/> finds out; else it only copies labels.</summary>
    public bool NeedsGather => _scratch is not null;

    /// <summary>
    /// Prepares the gather of a batch: labels, and what the other launches need to know of its bytes. It comes first in a
    /// step.
    /// </summary>
    /// <param name="batchLabels">(rows): the labels of the batch.</param>
    public Launch PrepareGather(DeviceView<int> batchLabels)
    {
        Require.Length(batchLabels, _rows, Operation);
        return _scratch is { } scratch
            ? new GatherLaunch(scratch, this, batchLabels)
            : _accelerator.Prepare(GatherLabelsKernel, LaunchShape.Linear(_rows), _labels, _order, _cursor, _rows, batchLabels);
    }

    /// <summary>Prepares y = activation(x w + bias).</summary>
    /// <param name="w">(features, outputs): the weights.</param>
    /// <param name="bias">(outputs).</param>
    /// <param name="activation">What is applied to the sums.</param>
    /// <param name="y">(rows, outputs): the outputs.</param>
    /// <param name="sums">(rows, outputs): takes x w + bias where the activation asks for its sums and they are to be kept.</param>
    public Launch PrepareForward(DeviceView<float> w, DeviceView<float> bias, Activation activation, DeviceView<float> y, DeviceView<float>? sums = null)
    {
        Require.Matrix(w, _features, _outputs, Operation);
        Require.Length(bias, _outputs, Operation);
        Require.Matrix(y, _rows, _outputs, Operation);
        if (sums is { } kept)
        {
            Activations.RequireKeeps(activation, Operation);
            Require.Matrix(kept, _rows, _outputs, Operation);
        }

        return _scratch is { } scratch ? Forward(scratch.Cpu, new ForwardTwin(scratch, w, bias, activation, y, sums))
            : sums is not { } target ? DeviceForward(w, bias, activation, y)
            : _accelerator.Sequence($"{Operation}-forward",
                [DeviceForward(w, bias, Activation.Identity, target), Activations.PrepareForward(_accelerator, activation, target, y)]);
    }

    private static Launch Forward(CpuAccelerator cpu, ForwardTwin twin) => twin.Scratch.HasColumnParts
        ? cpu.Prepare(twin)
        : cpu.Sequence($"{Operation}-forward", [cpu.Prepare(new SumTwin(twin)), cpu.Prepare(twin)]);

    /// <summary>Prepares dw = x^T dy.</summary>
    /// <param name="dy">(rows, outputs): the gradient by the layer's sums.</param>
    /// <param name="dw">(features, outputs): the gradient by the weights.</param>
    public Launch PrepareWeightGradient(DeviceView<float> dy, DeviceView<float> dw)
    {
        Require.Matrix(dy, _rows, _outputs, Operation);
        Require.Matrix(dw, _features, _outputs, Operation);
        return _scratch is { } scratch
            ? scratch.Cpu.Prepare(new WeightTwin(scratch, dy, null, _cursor, dw))
            : DeviceGradient(dy, dw, null);
    }

    /// <summary>Prepares w = w - rate x^T dy, with the rate of the cursor's step: the gradient and plain descent in one.</summary>
    /// <param name="dy">(rows, outputs): the gradient by the layer's sums.</param>
    /// <param name="rates">The learning rate of each step of the epoch.</param>
    /// <param name="w">(features, outputs): the weights.</param>
    public Launch PrepareWeightUpdate(DeviceView<float> dy, DeviceView<float> rates, DeviceView<float> w)
    {
        Require.Matrix(dy, _rows, _outputs, Operation);
        Require.AtLeast(rates, 1, Operation);
        Require.Matrix(w, _features, _outputs, Operation);
        return _scratch is { } scratch
            ? scratch.Cpu.Prepare(new WeightTwin(scratch, dy, rates, _cursor, w))
            : DeviceUpdate(dy, rates, w, null);
    }

    /// <summary>Prepares dw = x^T dy and db = the column sums of dy.</summary>
    /// <param name="dy">(rows, outputs): the gradient by the layer's sums.</param>
    /// <param name="dw">(features, outputs): the gradient by the weights.</param>
    /// <param name="db">(outputs): the gradient by the biases.</param>
    public Launch PrepareLayerGradient(DeviceView<float> dy, DeviceView<float> dw, DeviceView<float> db)
    {
        Require.Matrix(dy, _rows, _outputs, Operation);
        Require.Matrix(dw, _features, _outputs, Operation);
        Require.Length(db, _outputs, Operation);
        return _scratch is null
            ? DeviceGradient(dy, dw, db)
            : _accelerator.Independent("layer-gradient", [PrepareWeightGradient(dy, dw), ColumnSum.Prepare(_accelerator, dy, _rows, _outputs, db)]);
    }

    /// <summary>Prepares w = w - rate x^T dy and bias = bias - rate times the column sums of dy, with the rate of the cursor's step.</summary>
    /// <param name="dy">(rows, outputs): the gradient by the layer's sums.</param>
    /// <param name="rates">The learning rate of each step of the epoch.</param>
    /// <param name="w">(features, outputs): the weights.</param>
    /// <param name="bias">(outputs): the biases.</param>
    public Launch PrepareLayerUpdate(DeviceView<float> dy, DeviceView<float> rates, DeviceView<float> w, DeviceView<float> bias)
    {
        Require.Matrix(dy, _rows, _outputs, Operation);
        Require.AtLeast(rates, 1, Operation);
        Require.Matrix(w, _features, _outputs, Operation);
        Require.Length(bias, _outputs, Operation);
        return _scratch is null
            ? DeviceUpdate(dy, rates, w, bias)
            : _accelerator.Independent("layer-update",
                [PrepareWeightUpdate(dy, rates, w), ColumnSum.PrepareUpdate(_accelerator, dy, rates, _cursor, _rows, _outputs, bias)]);
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch?.Dispose();
}
