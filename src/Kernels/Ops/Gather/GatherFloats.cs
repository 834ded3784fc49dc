using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>Gathers the samples of a batch from a data set of floats, which lies among bytes as every data set does.</summary>
public static class GatherFloats
{
    /// <summary>
    /// x = value, one index an element of x: values holds the bytes of (samples, stride) floats, of which features from first on are taken, labels
    /// (samples), order a permutation of the samples, x (rows, features), batchLabels (rows).
    /// </summary>
    public static void GatherFloatsKernel(Index1D i, ArrayView<byte> values, ArrayView<byte> labels, ArrayView<int> order,
        ArrayView<int> cursor, int rows, int features, int stride, int first, ArrayView<float> x, ArrayView<int> batchLabels)
    {
        if (i >= rows * features)
        {
            return;
        }

        var row = i / features;
        var feature = i - (row * features);
        var sample = order[cursor[StepCursor.Sample] + row];
        x[i] = values.Cast<float>()[(sample * stride) + first + feature];
        if (feature == 0)
        {
            batchLabels[row] = labels[sample];
        }
    }

    /// <summary>Prepares the gathering of the batch that begins at the cursor's sample.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="values">The bytes of the floats of all samples, row after row.</param>
    /// <param name="labels">(samples).</param>
    /// <param name="order">The samples in the order in which they are taken; at least as many as an epoch reads.</param>
    /// <param name="cursor">See <see cref="StepCursor"/>.</param>
    /// <param name="rows">Samples in the batch.</param>
    /// <param name="features">Floats of a sample that are taken, 1 or more.</param>
    /// <param name="stride">Floats of a sample.</param>
    /// <param name="first">The first of them that is taken.</param>
    /// <param name="x">(rows, features).</param>
    /// <param name="batchLabels">(rows).</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<byte> values, DeviceView<byte> labels, DeviceView<int> order,
        DeviceView<int> cursor, int rows, int features, int stride, int first, DeviceView<float> x, DeviceView<int> batchLabels)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Positive(features, "gather-floats");
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, stride - features);
        Require.Matrix(values, labels.Length, checked(stride * sizeof(float)), "gather-floats");
        Require.AtLeast(order, rows, "gather-floats");
        Require.Length(cursor, StepCursor.Length, "gather-floats");
        Require.Matrix(x, rows, features, "gather-floats");
        Require.Length(batchLabels, rows, "gather-floats");
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(values, labels, order, cursor, rows, features, stride, first, x, batchLabels))
            : accelerator.Prepare(GatherFloatsKernel, LaunchShape.Linear(rows * features), values, labels, order, cursor, rows, features, stride, first, x, batchLabels);
    }

    private sealed record Twin(DeviceView<byte> Values, DeviceView<byte> Labels, DeviceView<int> Order, DeviceView<int> Cursor,
        int Rows, int Features, int Stride, int First, DeviceView<float> X, DeviceView<int> BatchLabels) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch(cpu, this);
    }

    /// <summary>Copies whole rows: the runtime's copy is as wide as the processor allows, whatever path is in use, and its bits are the same.</summary>
    private sealed unsafe class TwinLaunch : CpuLaunch
    {
        private readonly Twin _twin;
        private readonly byte* _values;
        private readonly byte* _labels;
        private readonly int* _order;
        private readonly int* _cursor;
        private readonly float* _x;
        private readonly int* _batchLabels;

        internal TwinLaunch(CpuAccelerator cpu, Twin twin)
            : base(cpu, "gather-floats", CpuRows.Parts(twin.Rows), 2L * sizeof(float) * twin.Rows * twin.Features)
        {
            Rows = twin.Rows;
            _twin = twin;
            _values = twin.Values.Pointer() + ((long)twin.First * sizeof(float));
            _labels = twin.Labels.Pointer();
            _order = twin.Order.Pointer();
            _cursor = twin.Cursor.Pointer();
            _x = twin.X.Pointer();
            _batchLabels = twin.BatchLabels.Pointer();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (first, end) = RowRange(_twin.Rows, Parts, part);
            var (bytes, stride) = ((long)_twin.Features * sizeof(float), (long)_twin.Stride * sizeof(float));
            var order = _order + _cursor[StepCursor.Sample];
            for (var row = first; row < end; row++)
            {
                var sample = order[row];
                _batchLabels[row] = _labels[sample];
                Buffer.MemoryCopy(_values + (sample * stride), _x + ((long)row * _twin.Features), bytes, bytes);
            }
        }
    }
}
