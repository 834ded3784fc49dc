using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    private sealed unsafe partial class DenseSlices
    {
        private sealed record DenseGatherTwin(DenseSlices Slices, GatherMatMul Layer, DeviceView<int> BatchLabels) : ISimdTwin
        {
            public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
                new DenseGatherLaunch<TSimd, TVector>(cpu, this);
        }

        /// <summary>Gathers a slice of the batch; the labels go with the first one.</summary>
        private sealed class DenseGatherLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            private readonly DenseSlices _slices;
            private readonly GatherMatMul _layer;
            private readonly byte* _values;
            private readonly byte* _labels;
            private readonly int* _order;
            private readonly int* _cursor;
            private readonly int* _batchLabels;

            internal DenseGatherLaunch(CpuAccelerator cpu, DenseGatherTwin twin) : base(cpu, "gather-matmul-dense-gather", twin.Slices._shape.Slices,
                5L * twin.Slices._shape.Rows * twin.Slices._shape.Features)
            {
                Slices = Parts;
                (_slices, _layer) = (twin.Slices, twin.Layer);
                _values = _layer._values.Pointer();
                _labels = _layer._labels.Pointer();
                _order = _layer._order.Pointer();
                _cursor = _layer._cursor.Pointer();
                _batchLabels = twin.BatchLabels.Pointer();
            }

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            public override void RunPart(int part)
            {
                var shape = _slices._shape;
                var order = _order + _cursor[StepCursor.Sample];
                var next = order + shape.Rows;
                var values = _values + shape.FirstFeature(part);
                var features = _slices.FeaturesOf(part);
                var x = _slices.X(part);
                for (var row = 0; row < shape.Rows; row++)
                {
                    // The next batch's row, which lies anywhere in the data set, comes while this batch is worked on.
                    if (next + row < _order + _layer._order.Length)
                    {
                        SimdMemory.FetchAhead(values + ((nint)next[row] * shape.Features), features);
                    }

                    if (part == 0)
                    {
                        _batchLabels[row] = _labels[order[row]];
                    }

                    ScaledBytes<TSimd, TVector>.Store(
                        values + ((nint)order[row] * shape.Features), features, _layer._scale, shape.Offset, x + ((nint)row * features));
                }
            }
        }
    }
}
