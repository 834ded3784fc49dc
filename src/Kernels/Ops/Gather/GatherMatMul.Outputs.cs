using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    /// <summary>A part's rows of y from the sums of all slices, which are added up in their order.</summary>
    private sealed unsafe class OutputLaunch<TSimd, TVector, TActivation> : CpuLaunch
        where TSimd : struct, ISimd<TVector> where TVector : struct where TActivation : struct, IActivation
    {
        private readonly Scratch _scratch;
        private readonly OutputRows<TSimd, TVector, TActivation> _outputs;

        internal OutputLaunch(ForwardTwin twin) : base(twin.Scratch.Cpu, $"gather-matmul-outputs {twin.Activation}", CpuRows.Parts(twin.Scratch.Rows),
            4L * twin.Scratch.Rows * twin.Scratch.Outputs)
        {
            _scratch = twin.Scratch;
            (Rows, StaysAlone) = (_scratch.Rows, _scratch.StaysAlone);
            _outputs = new(twin);
        }

        /// <inheritdoc/>
        public override void RunPart(int part)
        {
            var (row, end) = RowRange(Rows, Parts, part);
            for (; row < end; row++)
            {
                var first = (nint)row * _scratch.SumStride;
                _outputs.Finish(_scratch.Slices[0].Sums + first, _scratch.IsSliced ? _scratch.Slices[1].Sums + first : null, row, 0, _scratch.Outputs);
            }
        }
    }

    /// <summary>Turns sums into outputs.</summary>
    private readonly unsafe struct OutputRows<TSimd, TVector, TActivation>(ForwardTwin twin)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TActivation : struct, IActivation
    {
        private readonly int _columns = twin.Scratch.Outputs;
        private readonly float* _bias = twin.Bias.Pointer();
        private readonly float* _y = twin.Y.Pointer();
        private readonly float* _kept = twin.Kept is { } kept ? kept.Pointer() : null;

        /// <summary>Some columns of a row of y from their sums, which are stored in whole vectors, and from those of a second slice where there is one.</summary>
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
