using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    private sealed record ForwardTwin(Scratch Scratch, DeviceView<float> W, DeviceView<float> Bias, Activation Activation,
        DeviceView<float> Y, DeviceView<float>? Kept) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            ActivationList.Choose<Visitor<TSimd, TVector>, ForwardTwin, CpuLaunch>(Activation, this);

        private readonly struct Visitor<TSimd, TVector> : IActivationVisitor<ForwardTwin, CpuLaunch>
            where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            public static CpuLaunch Visit<TActivation>(ForwardTwin twin) where TActivation : struct, IActivationFunction =>
                new ForwardLaunch<TSimd, TVector, TActivation>(twin);
        }
    }

    /// <summary>dw, or with rates the update of w.</summary>
    private sealed record WeightTwin(Scratch Scratch, DeviceView<float> Dy, DeviceView<float>? Rates, DeviceView<int> Cursor,
        DeviceView<float> Target) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            Rates is null
                ? new WeightLaunch<TSimd, TVector, GradientTarget>(this, "gather-matmul-weight-gradient")
                : new WeightLaunch<TSimd, TVector, UpdateTarget>(this, "gather-matmul-weight-update");
    }

    /// <summary>
    /// A part's rows of y. The features are taken in small blocks whose weights the rows of the part share while they are in the first-level
    /// cache.
    /// </summary>
    private sealed unsafe class ForwardLaunch<TSimd, TVector, TActivation> : CpuLaunch
        where TSimd : struct, ISimd<TVector> where TVector : struct where TActivation : struct, IActivation
    {
        private readonly Scratch _scratch;
        private readonly float* _w;
        private readonly float* _bias;
        private readonly float* _sums;
        private readonly float* _y;
        private readonly float* _kept;

        internal ForwardLaunch(ForwardTwin twin)
            : base(twin.Scratch.Cpu, $"gather-matmul-forward {twin.Activation}", CpuRows.Parts(twin.Scratch.Rows), twin.Scratch.Cost)
        {
            _scratch = twin.Scratch;
            Rows = _scratch.Rows;
            StaysAlone = _scratch.StaysAlone;
            _w = twin.W.Pointer();
            _bias = twin.Bias.Pointer();
            _sums = _scratch.Sums.View.Pointer();
            _y = twin.Y.Pointer();
            _kept = twin.Kept is { } kept ? kept.Pointer() : null;
        }

        /// <inheritdoc/>
        public override void RunPart(int part)
        {
            var (row, end) = RowRange(Rows, Parts, part);
            var batch = _scratch.Batch;
            new Span<float>(_sums + ((nint)row * _scratch.SumStride), (end - row) * _scratch.SumStride).Clear();
            var work = new SparseForwardWork
            {
                FirstRow = row,
                EndRow = end,
                Weights = _w,
                Columns = _scratch.Outputs,
                Sums = _sums,
                SumStride = _scratch.SumStride,
            };
            for (; work.Word < batch.Words; work.Word += work.Words)
            {
                work.Words = Math.Min(SparseForward<TSimd, TVector>.MostWords, batch.Words - work.Word);
                SparseForward<TSimd, TVector>.Run(batch, work);
            }

            for (; row < end; row++)
            {
                Finish(_sums + ((nint)row * _scratch.SumStride), (nint)row * _scratch.Outputs);
            }
        }

        /// <summary>One row of y from its sums.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Finish(float* sums, nint first)
        {
            var y = _y + first;
            var columns = _scratch.Outputs;
            var column = 0;
            for (; column + TSimd.Width <= columns; column += TSimd.Width)
            {
                var sum = TSimd.Add(TSimd.Load(sums + column), TSimd.Load(_bias + column));
                if (TActivation.From == SlopeSource.Sum && _kept != null)
                {
                    TSimd.Store(_kept + first + column, sum);
                }

                TSimd.Store(y + column, TActivation.Apply<TSimd, TVector>(sum));
            }

            if (column < columns)
            {
                var sum = TSimd.Add(TSimd.Load(sums + column), TSimd.LoadPartial(_bias + column, columns - column));
                if (TActivation.From == SlopeSource.Sum && _kept != null)
                {
                    TSimd.StorePartial(_kept + first + column, sum, columns - column);
                }

                TSimd.StorePartial(y + column, TActivation.Apply<TSimd, TVector>(sum), columns - column);
            }
        }
    }

    /// <summary>A part is a word of 64 features: their rows of dw, or of w.</summary>
    private sealed unsafe class WeightLaunch<TSimd, TVector, TTarget> : CpuLaunch
        where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ISparseTarget
    {
        private readonly Scratch _scratch;
        private readonly float* _dy;
        private readonly float* _rates;
        private readonly int* _cursor;
        private readonly float* _target;

        internal WeightLaunch(WeightTwin twin, string name) : base(twin.Scratch.Cpu, name, twin.Scratch.Words, twin.Scratch.Cost)
        {
            _scratch = twin.Scratch;
            StaysAlone = _scratch.StaysAlone;
            _dy = twin.Dy.Pointer();
            _rates = twin.Rates is { } rates ? rates.Pointer() : null;
            _cursor = twin.Cursor.Pointer();
            _target = twin.Target.Pointer();
        }

        /// <inheritdoc/>
        public override void RunPart(int part)
        {
            var batch = _scratch.Batch;
            var first = part * SparseBatch.WordBits;
            batch.Transpose(part);
            SparseGradient<TSimd, TVector, TTarget>.Run(batch, new SparseGradientWork
            {
                First = first,
                End = Math.Min(first + SparseBatch.WordBits, _scratch.Features),
                Dy = _dy,
                Columns = _scratch.Outputs,
                Target = _target,
                Rate = _rates == null ? 0 : -_rates[_cursor[StepCursor.Step]],
            });
        }
    }
}
