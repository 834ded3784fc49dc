using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    /// <summary>A part's columns of y, 64 rows at a time, whose sums the first-level cache holds; their weights come from the second level after the first rows.</summary>
    private sealed unsafe class ColumnForwardLaunch<TSimd, TVector, TActivation> : CpuLaunch
        where TSimd : struct, ISimd<TVector> where TVector : struct where TActivation : struct, IActivation
    {
        private readonly Scratch _scratch;
        private readonly float* _w;
        private readonly OutputRows<TSimd, TVector, TActivation> _outputs;

        internal ColumnForwardLaunch(ColumnTwin twin)
            : base(twin.Scratch.Cpu, $"gather-matmul-forward {twin.Arguments.Activation}", twin.Scratch.ColumnParts, twin.Scratch.Cost)
        {
            _scratch = twin.Scratch;
            _w = twin.Arguments.W.Pointer();
            _outputs = new(_scratch.Shape.Outputs, twin.Arguments);
        }

        /// <inheritdoc/>
        public override void RunPart(int part)
        {
            var batch = _scratch.Slices[0].Batch;
            var (column, columns) = _scratch.ColumnsOf(part);
            var sums = _scratch.RoomOf(part);
            var stride = _scratch.StrideOf(part);
            for (var row = 0; row < batch.Rows; row += SparseBatch.WordBits)
            {
                var rows = Math.Min(SparseBatch.WordBits, batch.Rows - row);
                new Span<float>(sums, rows * stride).Clear();
                SparseForward<TSimd, TVector>.Run(batch, new SparseForwardWork
                {
                    FirstRow = row,
                    End = batch.Features,
                    Set = batch.SetByFeature + (row / SparseBatch.WordBits),
                    SetStride = batch.Groups,
                    Weights = _w + column,
                    WeightStride = _scratch.Shape.Outputs,
                    Columns = columns,
                    Sums = sums - ((nint)row * stride),
                    SumStride = stride,
                });
                for (var r = 0; r < rows; r++)
                {
                    _outputs.Finish(sums + ((nint)r * stride), null, row + r, column, columns);
                }
            }
        }
    }
}
