using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Batch normalisation (Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate shift",
/// 2015): y = scale (x - mean) / sqrt(variance + epsilon) + shift, with mean and variance of each channel over all rows, which are a batch's samples or
/// the pixels of its images. The variance that normalises divides by the rows, the running one by the rows less 1, as in PyTorch; of one row there is none,
/// and the running one stays. Statistics that are not finite do not get into the running ones.
/// <para>
/// Sums are taken in chunks of rows that depend on their number alone, in each from the first to the last, then over the chunks; squares are
/// those of the distances from the chunk's mean, and are brought to the mean of all (Chan, Golub and LeVeque, "Algorithms for computing the
/// sample variance", 1983), so that nothing cancels where a mean is large.
/// </para>
/// </summary>
public static partial class BatchNorm
{
    /// <summary>What is added to a variance.</summary>
    public const float Epsilon = 1e-5f;

    /// <summary>How much of a batch's statistics gets into the running ones.</summary>
    public const float Momentum = 0.1f;

    private const int LeastChunkRows = 32;

    private const int MostChunks = 128;

    /// <summary>Floats that the sums of the chunks need between launches.</summary>
    public static int PartialsLength(int rows, int channels) => 2 * Chunks(rows) * channels;

    /// <summary>Prepares y in training: the batch's statistics are made, used and kept for the way back.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="layer">What it works on.</param>
    /// <param name="x">(rows, channels), at least one row.</param>
    /// <param name="rows">Samples, or pixels of all images.</param>
    /// <param name="partials">As many as <see cref="PartialsLength"/> says; free again afterwards.</param>
    /// <param name="y">(rows, channels).</param>
    public static Launch PrepareForward(ComputeAccelerator accelerator, BatchNormMemory layer, DeviceView<float> x, int rows, DeviceView<float> partials,
        DeviceView<float> y)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(layer);
        Require.Positive(rows, "batch-norm-forward");
        RequireShapes("batch-norm-forward", layer, rows, x, y);
        Require.Length(partials, PartialsLength(rows, layer.Channels), "batch-norm-forward");
        var (channels, chunkRows) = (layer.Channels, ChunkRows(rows));
        var apply = PrepareApply(accelerator, layer, x, rows, y);
        return accelerator is CpuAccelerator cpu
            ? cpu.Sequence("batch-norm-forward", [cpu.Prepare(new MomentsTwin(layer, x, rows, partials)), new MergeLaunch(cpu, layer, rows, partials), apply])
            : accelerator.Sequence("batch-norm-forward",
            [
                accelerator.Prepare(BatchNormMomentsKernel, LaunchShape.Linear(partials.Length / 2), x, rows, channels, chunkRows, partials),
                accelerator.Prepare(BatchNormMergeKernel, LaunchShape.Linear(channels), partials, rows, channels, chunkRows, layer.Statistics,
                    layer.RunningMean, layer.RunningVariance),
                apply,
            ]);
    }

    /// <summary>Prepares y where nothing is learned: by the running statistics.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="layer">What it works on; <see cref="BatchNormMemory.Statistics"/> are written.</param>
    /// <param name="x">(rows, channels).</param>
    /// <param name="rows">Samples, or pixels of all images.</param>
    /// <param name="y">(rows, channels); may be <paramref name="x"/>.</param>
    public static Launch PrepareEvaluation(ComputeAccelerator accelerator, BatchNormMemory layer, DeviceView<float> x, int rows, DeviceView<float> y)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(layer);
        RequireShapes("batch-norm-evaluation", layer, rows, x, y);
        var running = accelerator is CpuAccelerator cpu
            ? new RunningLaunch(cpu, layer)
            : accelerator.Prepare(BatchNormRunningKernel, LaunchShape.Linear(layer.Channels), layer.RunningMean, layer.RunningVariance, layer.Channels,
                layer.Statistics);
        return accelerator.Sequence("batch-norm-evaluation", [running, PrepareApply(accelerator, layer, x, rows, y)]);
    }

    /// <summary>Prepares the gradients by scale, shift and x.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="layer">What the way there worked on.</param>
    /// <param name="x">(rows, channels), what the way there was given.</param>
    /// <param name="dy">(rows, channels), the gradient by y.</param>
    /// <param name="rows">Samples, or pixels of all images, at least one.</param>
    /// <param name="partials">As many as <see cref="PartialsLength"/> says.</param>
    /// <param name="dScale">(channels), written.</param>
    /// <param name="dShift">(channels), written.</param>
    /// <param name="dx">(rows, channels), written; may be <paramref name="dy"/>.</param>
    public static Launch PrepareBackward(ComputeAccelerator accelerator, BatchNormMemory layer, DeviceView<float> x, DeviceView<float> dy, int rows,
        DeviceView<float> partials, DeviceView<float> dScale, DeviceView<float> dShift, DeviceView<float> dx)
    {
        const string Operation = "batch-norm-backward";
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(layer);
        Require.Positive(rows, Operation);
        RequireShapes(Operation, layer, rows, x, dx);
        var (channels, chunkRows) = (layer.Channels, ChunkRows(rows));
        Require.Matrix(dy, rows, channels, Operation);
        Require.Length(partials, PartialsLength(rows, channels), Operation);
        Require.Length(dScale, channels, Operation);
        Require.Length(dShift, channels, Operation);
        return accelerator is CpuAccelerator cpu
            ? cpu.Sequence(Operation,
            [
                cpu.Prepare(new GradientSumsTwin(layer, x, dy, rows, partials)),
                new GradientMergeLaunch(cpu, layer, partials, dScale, dShift),
                cpu.Prepare(new BackwardTwin(layer, x, dy, rows, dScale, dShift, dx)),
            ])
            : accelerator.Sequence(Operation,
            [
                accelerator.Prepare(BatchNormGradientSumsKernel, LaunchShape.Linear(partials.Length / 2), x, dy, layer.Statistics, rows, channels, chunkRows,
                    partials),
                accelerator.Prepare(BatchNormGradientMergeKernel, LaunchShape.Linear(channels), partials, channels, dScale, dShift),
                accelerator.Prepare(BatchNormBackwardKernel, LaunchShape.Linear(x.Length), x, dy, layer.Statistics, layer.Scale, dScale, dShift, rows,
                    channels, dx),
            ]);
    }

    /// <summary>The most additions that a term of a sum over all rows goes through.</summary>
    internal static int Depth(int rows) => ChunkRows(rows) + Chunks(rows);

    private static int ChunkRows(int rows) => Math.Max(LeastChunkRows, (rows + MostChunks - 1) / MostChunks);

    private static int Chunks(int rows) => (rows + ChunkRows(rows) - 1) / ChunkRows(rows);

    private static Launch PrepareApply(ComputeAccelerator accelerator, BatchNormMemory layer, DeviceView<float> x, int rows, DeviceView<float> y) =>
        accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new ApplyTwin(layer, x, rows, y))
            : accelerator.Prepare(BatchNormApplyKernel, LaunchShape.Linear(x.Length), x, x.Length, layer.Channels, layer.Statistics, layer.Scale,
                layer.Shift, y);

    private static void RequireShapes(string operation, BatchNormMemory layer, int rows, DeviceView<float> x, DeviceView<float> result)
    {
        var channels = layer.Channels;
        Require.Positive(channels, operation);
        Require.Matrix(x, rows, channels, operation);
        Require.Matrix(result, rows, channels, operation);
        Require.Length(layer.Shift, channels, operation, "shift");
        Require.Length(layer.Statistics, 2 * channels, operation, "statistics");
        Require.Length(layer.RunningMean, channels, operation, "running mean");
        Require.Length(layer.RunningVariance, channels, operation, "running variance");
    }
}

/// <summary>The device memory of a layer of batch normalisation.</summary>
public sealed record BatchNormMemory
{
    /// <summary>(channels): what the normalised values are multiplied by, 1 at the start.</summary>
    public required DeviceView<float> Scale { get; init; }

    /// <summary>(channels): what is added to them, 0 at the start.</summary>
    public required DeviceView<float> Shift { get; init; }

    /// <summary>(2, channels), written: mean and 1 / sqrt(variance + epsilon), which the way back reads.</summary>
    public required DeviceView<float> Statistics { get; init; }

    /// <summary>(channels), updated in training: 0 at the start.</summary>
    public required DeviceView<float> RunningMean { get; init; }

    /// <summary>(channels), updated in training: 1 at the start.</summary>
    public required DeviceView<float> RunningVariance { get; init; }

    /// <summary>How many channels there are.</summary>
    internal int Channels => Scale.Length;
}
