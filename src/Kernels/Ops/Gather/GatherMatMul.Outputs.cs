using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    /// <summary>A part's rows of y from the sums of all slices, which are added up in their order.</summary>
    private sealed unsafe class OutputLaunch<TSimd, TVector, TActivation> : CpuLaunch
        where TSimd : struct, ISimd<TVector> where TVector : struct where TActivation : struct, IActivation
    {
        private readonly SliceSums _sums;
        private readonly OutputRows<TSimd, TVector, TActivation> _outputs;

        internal OutputLaunch(CpuAccelerator cpu, OutputTwin twin) : base(cpu, $"gather-matmul-outputs {twin.Arguments.Activation}",
            CpuRows.Parts(twin.Sums.Shape.Rows), 4L * twin.Sums.Shape.Rows * twin.Sums.Shape.Outputs)
        {
            _sums = twin.Sums;
            (Rows, StaysAlone) = (_sums.Shape.Rows, _sums.StaysAlone);
            _outputs = new(_sums.Shape.Outputs, twin.Arguments);
        }

        /// <inheritdoc/>
        public override void RunPart(int part)
        {
            var (row, end) = RowRange(Rows, Parts, part);
            for (; row < end; row++)
            {
                var first = (nint)row * _sums.Stride;
                _outputs.Finish(_sums.First + first, _sums.Second == null ? null : _sums.Second + first, row, 0, _sums.Shape.Outputs);
            }
        }
    }

    /// <summary>Turns sums into outputs.</summary>
    private readonly unsafe struct OutputRows<TSimd, TVector, TActivation>(int rowColumns, ForwardArguments arguments)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TActivation : struct, IActivation
    {
        private readonly int _columns = rowColumns;
        private readonly float* _bias = arguments.Bias.Pointer();
        private readonly float* _y = arguments.Y.Pointer();
        private readonly float* _kept = arguments.Kept is { } kept ? kept.Pointer() : null;

        /// <summary>Some columns of a row of y from their sums, which are read in whole vectors, and from those of a second slice where there is one.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        internal void Finish(float* sums, float* others, int row, int firstColumn, int columns)
        {
            var first = ((nint)row * _columns) + firstColumn;
            var bias = _bias + firstColumn;
            for (var column = 0; column < columns; column += TSimd.Width)
            {
                var (lanes, at) = (Math.Min(TSimd.Width, columns - column), first + column);
                var sum = TSimd.Load(sums + column);
                sum = others == null ? sum : TSimd.Add(sum, TSimd.Load(others + column));
                if (lanes == TSimd.Width)
                {
                    sum = TSimd.Add(sum, TSimd.Load(bias + column));
                    Keep(sum, at);
                    TSimd.Store(_y + at, TActivation.Apply<TSimd, TVector>(sum));
                }
                else
                {
                    sum = TSimd.Add(sum, TSimd.LoadPartial(bias + column, lanes));
                    KeepPartial(sum, at, lanes);
                    TSimd.StorePartial(_y + at, TActivation.Apply<TSimd, TVector>(sum), lanes);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Keep(TVector sum, nint at)
        {
            if (TActivation.From == SlopeSource.Sum && _kept != null)
            {
                TSimd.Store(_kept + at, sum);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void KeepPartial(TVector sum, nint at, int lanes)
        {
            if (TActivation.From == SlopeSource.Sum && _kept != null)
            {
                TSimd.StorePartial(_kept + at, sum, lanes);
            }
        }
    }
}
