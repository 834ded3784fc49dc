using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    /// <summary>y, a part its columns.</summary>
    private sealed record ColumnTwin(Scratch Scratch, ForwardArguments Arguments) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            ActivationList.Choose<Visitor<TSimd, TVector>, ColumnTwin, CpuLaunch>(Arguments.Activation, this);

        private readonly struct Visitor<TSimd, TVector> : IActivationVisitor<ColumnTwin, CpuLaunch>
            where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            public static CpuLaunch Visit<TActivation>(ColumnTwin twin) where TActivation : struct, IActivationFunction =>
                new ColumnForwardLaunch<TSimd, TVector, TActivation>(twin);
        }
    }

    /// <summary>The sums of each slice.</summary>
    private sealed record SumTwin(Scratch Scratch, DeviceView<float> W) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new SumLaunch<TSimd, TVector>(this);
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

    /// <summary>What a slice, or a part's rows, adds to the sums.</summary>
    private sealed unsafe class SumLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        /// <summary>Words of features whose bits lie on the stack at a time.</summary>
        private const int MostWords = 16;

        private readonly Scratch _scratch;
        private readonly float* _w;

        internal SumLaunch(SumTwin twin) : base(twin.Scratch.Cpu, "gather-matmul-sums", twin.Scratch.Parts, twin.Scratch.Cost)
        {
            _scratch = twin.Scratch;
            (Rows, Slices, StaysAlone) = (_scratch.SharedRows, _scratch.SharedSlices, _scratch.StaysAlone);
            _w = twin.W.Pointer();
        }

        /// <inheritdoc/>
        public override void RunPart(int part)
        {
            var (slice, row, end) = _scratch.PartOf(part);
            new Span<float>(slice.Sums + ((nint)row * _scratch.SumStride), (end - row) * _scratch.SumStride).Clear();
            for (; row < end; row += SparseBatch.WordBits)
            {
                var work = new SparseForwardWork
                {
                    FirstRow = row,
                    Weights = _w + ((nint)slice.FirstFeature * _scratch.Shape.Outputs),
                    WeightStride = _scratch.Shape.Outputs,
                    Columns = _scratch.Shape.Outputs,
                    Sums = slice.Sums,
                    SumStride = _scratch.SumStride,
                };
                if (_scratch.IsSliced)
                {
                    work.End = slice.Batch.Features;
                    work.Set = slice.Batch.SetByFeature + (row / SparseBatch.WordBits);
                    work.SetStride = slice.Batch.Groups;
                    SparseForward<TSimd, TVector>.Run(slice.Batch, work);
                }
                else
                {
                    RunRows(slice.Batch, work, Math.Min(end - row, SparseBatch.WordBits));
                }
            }
        }

        /// <summary>Rows that lie anywhere in the batch, whose bits are turned for them.</summary>
        [SkipLocalsInit]
        private static void RunRows(in SparseBatch batch, SparseForwardWork work, int rows)
        {
            var set = stackalloc ulong[MostWords * SparseBatch.WordBits];
            work.Set = set;
            work.SetStride = 1;
            for (var word = 0; word < batch.Words; word += MostWords)
            {
                var words = Math.Min(MostWords, batch.Words - word);
                for (var w = 0; w < words; w++)
                {
                    batch.Transpose(word + w, work.FirstRow, rows, set + (w * SparseBatch.WordBits), stride: 1);
                }

                work.First = word * SparseBatch.WordBits;
                work.End = Math.Min(work.First + (words * SparseBatch.WordBits), batch.Features);
                SparseForward<TSimd, TVector>.Run(batch, work);
            }
        }
    }

    /// <summary>The rows of dw, or of w, of a slice, or else of a word of 64 features.</summary>
    private sealed unsafe class WeightLaunch<TSimd, TVector, TTarget> : CpuLaunch
        where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ISparseTarget
    {
        private readonly Scratch _scratch;
        private readonly float* _dy;
        private readonly float* _rates;
        private readonly int* _cursor;
        private readonly float* _target;

        internal WeightLaunch(WeightTwin twin, string name)
            : base(twin.Scratch.Cpu, name, twin.Scratch.WeightParts, twin.Scratch.Cost)
        {
            _scratch = twin.Scratch;
            (Slices, StaysAlone) = (_scratch.SharedSlices, _scratch.StaysAlone);
            _dy = twin.Dy.Pointer();
            _rates = twin.Rates is { } rates ? rates.Pointer() : null;
            _cursor = twin.Cursor.Pointer();
            _target = twin.Target.Pointer();
        }

        /// <inheritdoc/>
        public override void RunPart(int part)
        {
            for (var (slice, word, end) = _scratch.WordsOf(part); word < end; word++)
            {
                RunWord(slice, word);
            }
        }

        private void RunWord(Slice slice, int word)
        {
            var batch = slice.Batch;
            var first = word * SparseBatch.WordBits;
            _scratch.TransposeLate(slice, word);
            SparseGradient<TSimd, TVector, TTarget>.Run(batch, new SparseGradientWork
            {
                First = first,
                End = Math.Min(first + SparseBatch.WordBits, batch.Features),
                Dy = _dy,
                Columns = _scratch.Shape.Outputs,
                Target = _target + ((nint)slice.FirstFeature * _scratch.Shape.Outputs),
                Rate = _rates == null ? 0 : -_rates[_cursor[StepCursor.Step]],
            });
        }
    }
}
