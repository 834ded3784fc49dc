using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public static partial class GatherBatch
{
    private sealed record Twin(DeviceView<byte> Values, DeviceView<byte> Labels, DeviceView<int> Order, DeviceView<int> Cursor,
        float Scale, float Offset, int Rows, int Features, DeviceView<float> X, DeviceView<int> BatchLabels) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed unsafe class TwinLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly Twin _twin;
        private readonly byte* _values;
        private readonly byte* _labels;
        private readonly int* _order;
        private readonly int* _cursor;
        private readonly float* _x;
        private readonly int* _batchLabels;

        internal TwinLaunch(CpuAccelerator cpu, Twin twin)
            : base(cpu, "gather-batch", CpuRows.Parts(twin.Rows), 5L * twin.Rows * twin.Features)
        {
            Rows = twin.Rows;
            _twin = twin;
            _values = twin.Values.Pointer();
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
            var features = _twin.Features;
            var order = _order + _cursor[StepCursor.Sample];
            var next = order + _twin.Rows;
            for (var row = first; row < end; row++)
            {
                // The next batch's row, which lies anywhere in the data set, comes while this batch is worked on.
                if (next + row < _order + _twin.Order.Length)
                {
                    SimdMemory.FetchAhead(_values + ((long)next[row] * features), features);
                }

                var sample = order[row];
                _batchLabels[row] = _labels[sample];
                ScaledBytes<TSimd, TVector>.Store(_values + ((long)sample * features), features, _twin.Scale, _twin.Offset, _x + ((long)row * features));
            }
        }
    }
}
