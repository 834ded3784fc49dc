using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    private sealed record ForwardTwin(Scratch Scratch, DeviceView<float> W, DeviceView<float> Bias, Activation Activation,
        DeviceView<float> Y) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            SimdActivation.Choose<Visitor<TSimd, TVector>, CpuLaunch>(Activation, new(this));

        private readonly record struct Visitor<TSimd, TVector>(ForwardTwin Twin) : IActivationVisitor<CpuLaunch>
            where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            public CpuLaunch Visit<TActivation>() where TActivation : struct, ISimdActivation =>
                new ForwardLaunch<TSimd, TVector, TActivation>(Twin);
        }
    }

    /// <summary>dw, or with rates the update of w.</summary>
    private sealed record WeightTwin(Scratch Scratch, DeviceView<float> Dy, DeviceView<float>? Rates, DeviceView<int> Cursor,
        DeviceView<float> Target) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            Rates is null
                ? new WeightLaunch<TSimd, TVector, Replaced>(this, "gather-matmul-weight-gradient")
                : new WeightLaunch<TSimd, TVector, Updated>(this, "gather-matmul-weight-update");
    }

    /// <summary>
    /// A part's rows of y. The features are taken in blocks whose weights fit the first-level cache, so that the rows of the
    /// part share what is read of them.
    /// </summary>
    private sealed unsafe class ForwardLaunch<TSimd, TVector, TActivation> : CpuLaunch
        where TSimd : struct, ISimd<TVector> where TVector : struct where TActivation : struct, ISimdActivation
    {
        /// <summary>Half of a first-level cache of 32 KiB, where at most about half of the weights of a block are used.</summary>
        private const int BlockFloats = 8192;

        private readonly Scratch _scratch;
        private readonly SparseTerms _terms;
        private readonly int _blockWords;
        private readonly float* _w;
        private readonly float* _bias;
        private readonly float* _sums;
        private readonly float* _y;

        internal ForwardLaunch(ForwardTwin twin)
            : base(twin.Scratch.Cpu, $"gather-matmul-forward {twin.Activation}", CpuRows.Parts(twin.Scratch.Rows), twin.Scratch.Cost)
        {
            _scratch = twin.Scratch;
            Rows = _scratch.Rows;
            _blockWords = Math.Clamp(BlockFloats / (SparseTerms.WordBits * _scratch.Outputs), 1, _scratch.Words);
            _w = twin.W.Pointer();
            _bias = twin.Bias.Pointer();
            _sums = _scratch.Sums.View.Pointer();
            _y = twin.Y.Pointer();
            _terms = new SparseTerms
            {
                Set = _scratch.Set.View.Pointer(),
                SetStep = _scratch.Words,
                Values = _scratch.Bytes.View.Pointer(),
                ValueStep = _scratch.Stride,
                ValueStride = 1,
                Factors = _scratch.Factors.View.Pointer(),
                MatrixStride = _scratch.Outputs,
                TargetStep = _scratch.SumStride,
            };
        }

        /// <inheritdoc/>
        public override void RunPart(int part)
        {
            var (row, end) = RowRange(Rows, Parts, part);
            var sums = _sums + ((nint)row * _scratch.SumStride);
            new Span<float>(sums, (end - row) * _scratch.SumStride).Clear();
            var terms = _terms;
            terms.Sums = end - row;
            for (var word = 0; word < _scratch.Words; word += _blockWords)
            {
                terms.Words = Math.Min(_blockWords, _scratch.Words - word);
                terms.Set = _terms.Set + ((nint)row * _scratch.Words) + word;
                terms.Values = _terms.Values + ((nint)row * _scratch.Stride) + (SparseTerms.WordBits * word);
                SparseSum<TSimd, TVector, Continued>.Run(terms, _w + ((nint)SparseTerms.WordBits * word * _scratch.Outputs), sums,
                    _scratch.Outputs);
            }

            for (; row < end; row++, sums += _scratch.SumStride)
            {
                Finish(sums, _y + ((nint)row * _scratch.Outputs));
            }
        }

        /// <summary>One row of y from its sums.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Finish(float* sums, float* y)
        {
            var columns = _scratch.Outputs;
            var column = 0;
            for (; column + TSimd.Width <= columns; column += TSimd.Width)
            {
                var sum = TSimd.Add(TSimd.Load(sums + column), TSimd.Load(_bias + column));
                TSimd.Store(y + column, TActivation.Apply<TSimd, TVector>(sum));
            }

            if (column < columns)
            {
                var sum = TSimd.Add(TSimd.Load(sums + column), TSimd.LoadPartial(_bias + column, columns - column));
                TSimd.StorePartial(y + column, TActivation.Apply<TSimd, TVector>(sum), columns - column);
            }
        }
    }

    /// <summary>A part is a word of 64 features: their rows of dw, or of w.</summary>
    private sealed unsafe class WeightLaunch<TSimd, TVector, TTarget> : CpuLaunch
        where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ISparseTarget
    {
        private readonly Scratch _scratch;
        private readonly SparseTerms _terms;
        private readonly ulong* _set;
        private readonly float* _dy;
        private readonly float* _rates;
        private readonly int* _cursor;
        private readonly float* _target;

        internal WeightLaunch(WeightTwin twin, string name) : base(twin.Scratch.Cpu, name, twin.Scratch.Words, twin.Scratch.Cost)
        {
            _scratch = twin.Scratch;
            _set = _scratch.Set.View.Pointer();
            _dy = twin.Dy.Pointer();
            _rates = twin.Rates is { } rates ? rates.Pointer() : null;
            _cursor = twin.Cursor.Pointer();
            _target = twin.Target.Pointer();
            _terms = new SparseTerms
            {
                Set = _scratch.SetByFeature.View.Pointer(),
                SetStep = _scratch.Groups,
                Words = _scratch.Groups,
                Values = _scratch.Bytes.View.Pointer(),
                ValueStep = 1,
                ValueStride = _scratch.Stride,
                Factors = _scratch.Factors.View.Pointer(),
                MatrixStride = _scratch.Outputs,
                TargetStep = _scratch.Outputs,
            };
        }

        /// <inheritdoc/>
        public override void RunPart(int part)
        {
            var first = part * SparseTerms.WordBits;
            var terms = _terms;
            terms.Set += (nint)first * _scratch.Groups;
            terms.Values += first;
            terms.Sums = Math.Min(SparseTerms.WordBits, _scratch.Features - first);
            terms.Rate = _rates == null ? 0 : -_rates[_cursor[StepCursor.Step]];
            TransposeSet(part, terms.Set);
            SparseSum<TSimd, TVector, TTarget>.Run(terms, _dy, _target + ((nint)first * _scratch.Outputs), _scratch.Outputs);
        }

        /// <summary>From the features that are not 0 in each row, the rows in which each of a word's features is not 0.</summary>
        private void TransposeSet(int word, ulong* byFeature)
        {
            var rows = stackalloc ulong[BitMatrix.Size];
            for (var group = 0; group < _scratch.Groups; group++)
            {
                var first = group * BitMatrix.Size;
                var count = Math.Min(BitMatrix.Size, _scratch.Rows - first);
                for (var row = 0; row < BitMatrix.Size; row++)
                {
                    rows[row] = row < count ? _set[((nint)(first + row) * _scratch.Words) + word] : 0;
                }

                BitMatrix.Transpose(rows);
                for (var feature = 0; feature < BitMatrix.Size; feature++)
                {
                    byFeature[((nint)feature * _scratch.Groups) + group] = rows[feature];
                }
            }
        }
    }

    private readonly struct Continued : ISparseTarget
    {
        public static bool Continues => true;

        public static bool Updates => false;
    }

    private readonly struct Replaced : ISparseTarget
    {
        public static bool Continues => false;

        public static bool Updates => false;
    }

    private readonly struct Updated : ISparseTarget
    {
        public static bool Continues => false;

        public static bool Updates => true;
    }
}
