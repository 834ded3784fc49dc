using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Gathers the images of a batch, each changed at random: moved by one affine map, bent by one displacement field and taken from the image once, by bilinear
/// interpolation between its pixels, with 0 outside of it; then noise, and rounding to the nearest byte. Bytes stay bytes, so that whatever reads
/// a data set reads the batch the same way, zeros that can be skipped and all.
/// <para>
/// Random words follow from seed, epoch and sample alone (<see cref="SampleDraw"/>), and every product that is added to is fused, so the bytes are the same on
/// every device. On devices it is a launch for the maps, three for the fields, one for the noise and one for the pixels, of which those run that are
/// asked for; on the processor an image goes through all of it in a core's cache.
/// </para>
/// </summary>
public sealed partial class AugmentBatch : IDisposable
{
    private const string Operation = "augment";

    /// <summary>Floats of an <see cref="AffineMap"/> in memory.</summary>
    private const int MapFloats = 6;

    private readonly ComputeAccelerator _accelerator;
    private readonly AugmentShape _shape;
    private readonly ImageAugmentation _augmentation;
    private readonly ulong _seed;
    private readonly List<IDisposable> _owned = [];
    private readonly DeviceView<float> _weights;

    /// <summary>Room for batches of one size.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="shape">The images.</param>
    /// <param name="augmentation">What is done to them.</param>
    /// <param name="seed">The seed of the run.</param>
    public AugmentBatch(ComputeAccelerator accelerator, AugmentShape shape, ImageAugmentation augmentation, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(augmentation);
        shape.Require(Operation);
        (_accelerator, _shape, _augmentation, _seed) = (accelerator, shape, augmentation, seed);
        var weights = WeightTables(augmentation);
        _weights = Allocate<float>(weights.Length);
        _weights.Buffer.CopyFrom(weights);
    }

    /// <summary>Bytes that an instance and its launch keep beside their arguments.</summary>
    public static long ScratchBytes(ComputeAccelerator accelerator, AugmentShape shape, ImageAugmentation augmentation)
    {
        ArgumentNullException.ThrowIfNull(augmentation);
        var weights = sizeof(float) * (long)WeightTables(augmentation).Length;
        return weights + (accelerator is CpuAccelerator
            ? (long)CpuRows.Parts(shape.Rows) * TwinBytes(shape, augmentation)
            : (sizeof(float) * (((long)shape.Rows * MapFloats) + (2 * FieldFloats(shape, augmentation)))) + NoiseBytes(shape, augmentation));
    }

    /// <summary>Prepares the gathering of the batch that begins at the cursor's sample.</summary>
    public Launch Prepare(AugmentMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        Require.Matrix(memory.Values, memory.Labels.Length, _shape.Features, Operation);
        Require.AtLeast(memory.Order, _shape.Rows, Operation);
        Require.Length(memory.Samples, memory.Order.Length, Operation);
        Require.Length(memory.Cursor, StepCursor.Length, Operation);
        Require.Matrix(memory.Batch, _shape.Rows, _shape.Features, Operation);
        Require.Length(memory.BatchLabels, _shape.Rows, Operation);
        return _accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(_shape, _augmentation, _seed, memory, _weights, Allocate<byte>(checked(CpuRows.Parts(_shape.Rows) * TwinBytes(_shape, _augmentation)))))
            : _accelerator.Sequence(Operation, [.. Launches(memory)]);
    }

    /// <inheritdoc/>
    public void Dispose() => _owned.ForEach(owned => owned.Dispose());

    private DeviceView<T> Allocate<T>(int length) where T : unmanaged
    {
        var buffer = _accelerator.Allocate<T>(length);
        _owned.Add(buffer);
        return buffer;
    }

    /// <summary>Zeros on both sides of a weight table: a tile of the twin reads beyond the gaussian's end.</summary>
    private const int WeightPadding = 32;

    /// <summary>Floats of one of the two weight tables.</summary>
    private static int WeightLength(ImageAugmentation augmentation) =>
        augmentation.IsElastic ? (2 * (ElasticAugmentation.Radius(augmentation.Sigma) + WeightPadding)) + 1 : 0;

    /// <summary>The gaussian's weights by place, and behind them the same times alpha: fields are smoothed down by the ones, across by the others.</summary>
    private static float[] WeightTables(ImageAugmentation augmentation)
    {
        var length = WeightLength(augmentation);
        var tables = new float[Math.Max(1, 2 * length)];
        var weights = augmentation.IsElastic ? ElasticAugmentation.Weights(augmentation.Sigma) : [];
        for (var d = 0; d < weights.Length; d++)
        {
            var middle = length / 2;
            tables[middle - d] = tables[middle + d] = (float)weights[d];
            tables[length + middle - d] = tables[length + middle + d] = (float)(weights[d] * augmentation.Alpha);
        }

        return tables;
    }

    private static long FieldFloats(AugmentShape shape, ImageAugmentation augmentation) =>
        augmentation.IsElastic ? 2L * shape.Rows * shape.FieldLength : 1;

    private static long NoiseBytes(AugmentShape shape, ImageAugmentation augmentation) =>
        augmentation.IsNoisy ? (long)shape.Rows * shape.NoiseBlocks * Philox.WordsOfBlock : 1;
}
