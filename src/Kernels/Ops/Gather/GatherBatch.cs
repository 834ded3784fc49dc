using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>Gathers the samples of a batch from a data set of bytes, and scales them to floats.</summary>
public static partial class GatherBatch
{
    /// <summary>
    /// x = value * scale + offset, one index an element of x: values is (samples, features), labels (samples), order a permutation of
    /// the samples, x (rows, features), batchLabels (rows).
    /// </summary>
    public static void GatherBatchKernel(Index1D i, ArrayView<byte> values, ArrayView<byte> labels, ArrayView<int> order,
        ArrayView<int> cursor, float scale, float offset, int rows, int features, ArrayView<float> x, ArrayView<int> batchLabels)
    {
        if (i >= rows * features)
        {
            return;
        }

        var row = i / features;
        var feature = i - (row * features);
        var sample = order[cursor[StepCursor.Sample] + row];
        x[i] = KernelMath.Fma(values[(sample * features) + feature], scale, offset);
        if (feature == 0)
        {
            batchLabels[row] = labels[sample];
        }
    }

    /// <summary>Prepares the gathering of the batch that begins at the cursor's sample.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="values">(samples, features), row after row.</param>
    /// <param name="labels">(samples).</param>
    /// <param name="order">The samples in the order in which they are taken; at least as many as an epoch reads.</param>
    /// <param name="cursor">See <see cref="StepCursor"/>.</param>
    /// <param name="scale">Factor of a byte.</param>
    /// <param name="offset">Added after that.</param>
    /// <param name="rows">Samples in the batch.</param>
    /// <param name="features">Bytes in a sample, 1 or more.</param>
    /// <param name="x">(rows, features).</param>
    /// <param name="batchLabels">(rows).</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<byte> values, DeviceView<byte> labels, DeviceView<int> order,
        DeviceView<int> cursor, float scale, float offset, int rows, int features, DeviceView<float> x, DeviceView<int> batchLabels)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Positive(features, "gather-batch");
        Require.Matrix(values, labels.Length, features, "gather-batch");
        Require.AtLeast(order, rows, "gather-batch");
        Require.Length(cursor, StepCursor.Length, "gather-batch");
        Require.Matrix(x, rows, features, "gather-batch");
        Require.Length(batchLabels, rows, "gather-batch");
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(values, labels, order, cursor, scale, offset, rows, features, x, batchLabels))
            : accelerator.Prepare(GatherBatchKernel, LaunchShape.Linear(rows * features), values, labels, order, cursor, scale, offset, rows,
                features, x, batchLabels);
    }
}
