using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class OnlineSgd
{
    private sealed record Twin(TwinScratch Scratch, int Samples) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new StepsLaunch<TSimd, TVector>(this);
    }

    /// <summary>The steps of a launch on one thread.</summary>
    private sealed unsafe class StepsLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        /// <summary>How long before its turn a sample is asked for: memory takes about as long to answer as a step lasts.</summary>
        private const int SamplesAhead = 4;

        private readonly int _samples;
        private readonly TwinLayer[] _layers;
        private readonly NonzeroList _list;
        private readonly LossRow _row;
        private readonly LossFunction _loss;
        private readonly int _skipCorrectAfter;
        private readonly byte* _values;
        private readonly byte* _labels;
        private readonly int* _order;
        private readonly int* _cursor;
        private readonly float* _rates;
        private readonly float* _totals;
        private readonly int* _counts;
        private readonly float* _control;

        internal StepsLaunch(Twin twin) : base(twin.Scratch.Cpu, Operation, 1, 4L * twin.Samples * twin.Scratch.Network.Weights)
        {
            var memory = twin.Scratch.Memory;
            _samples = twin.Samples;
            _layers = twin.Scratch.Layers;
            _list = twin.Scratch.List;
            _row = twin.Scratch.Row;
            _loss = twin.Scratch.Network.Loss;
            _skipCorrectAfter = twin.Scratch.Network.SkipCorrectAfter;
            _values = memory.Values.Pointer();
            _labels = memory.Labels.Pointer();
            _order = memory.Order.Pointer();
            _cursor = memory.Cursor.Pointer();
            _rates = memory.Rates.Pointer();
            _totals = memory.Totals.Pointer();
            _counts = memory.Counts.Pointer();
            _control = memory.Control.Pointer();
            foreach (ref var layer in _layers.AsSpan())
            {
                LayerMath<TSimd, TVector>.Choose(ref layer);
            }
        }

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            foreach (ref var layer in _layers.AsSpan())
            {
                LayerCopy<TSimd, TVector>.Load(ref layer);
            }

            var order = _order + _cursor[StepCursor.Sample];
            var rates = _rates + _cursor[StepCursor.Step];
            for (var s = 0; s < _samples; s++)
            {
                if (s + SamplesAhead < _samples)
                {
                    Prefetch(_values + ((nint)order[s + SamplesAhead] * _list.Features));
                }

                Step(order[s], rates + s, _cursor[StepCursor.GlobalStep] >= _skipCorrectAfter - s);
            }

            foreach (ref var layer in _layers.AsSpan())
            {
                LayerCopy<TSimd, TVector>.Store(ref layer);
            }

            _control[StepControl.Norm] = Norm(order[_samples - 1], _cursor[StepCursor.GlobalStep] >= _skipCorrectAfter - _samples + 1);
            _cursor[StepCursor.Step] += _samples;
            _cursor[StepCursor.Sample] += _samples;
            _cursor[StepCursor.GlobalStep] += _samples;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Step(int sample, float* rate, bool skipsCorrect)
        {
            var label = _labels[sample];
            var count = _list.Fill(_values + ((nint)sample * _list.Features));
            Forward(count);
            ref var last = ref _layers[^1];
            var isCorrect = _row.IsCorrect(last.Y, label);
            Tally(_row.Evaluate<TSimd, TVector>(_loss, last.Y, label), isCorrect);
            if (!float.IsFinite(_totals[0]))
            {
                _counts[StepCounts.BadStep] = Math.Min(_counts[StepCounts.BadStep], (int)(rate - _rates));
            }

            if (isCorrect == 0 || !skipsCorrect)
            {
                last.Functions.MultiplyBySlope(ref last);
                Backward(count, -*rate);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Forward(int count)
        {
            ref var layer = ref _layers[0];
            RowSum<TSimd, TVector>.Multiply(_list.Offsets, _list.Values, count, layer.Weights, layer.Columns, layer.Y);
            layer.Functions.Activate(ref layer);
            for (var l = 1; l < _layers.Length; l++)
            {
                var x = layer.Y;
                layer = ref _layers[l];
                RowSum<TSimd, TVector>.Multiply(layer.Rows, x, layer.Inputs, layer.Weights, layer.Columns, layer.Y);
                layer.Functions.Activate(ref layer);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Backward(int count, float factor)
        {
            for (var l = _layers.Length - 1; l > 0; l--)
            {
                ref var layer = ref _layers[l];
                ref var below = ref _layers[l - 1];
                RowSum<TSimd, TVector>.Multiply(layer.TransposedRows, layer.Gradient, layer.Outputs, layer.Transposed, layer.InputColumns,
                    below.Gradient);
                below.Functions.MultiplyBySlope(ref below);
                LayerMath<TSimd, TVector>.UpdateBias(ref layer, factor);
                RowSum<TSimd, TVector>.Update(layer.Rows, below.Y, layer.Inputs, layer.Change, layer.Columns, layer.Weights);
                RowSum<TSimd, TVector>.Update(layer.TransposedRows, layer.Change, layer.Outputs, below.Y, layer.InputColumns, layer.Transposed);
            }

            ref var first = ref _layers[0];
            LayerMath<TSimd, TVector>.UpdateBias(ref first, factor);
            RowSum<TSimd, TVector>.Update(_list.Offsets, _list.Values, count, first.Change, first.Columns, first.Weights);
        }

        /// <summary>Kahan's sum, as in <see cref="Ops.Tally"/>.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Tally(float loss, int isCorrect)
        {
            var y = loss - _totals[1];
            var sum = _totals[0] + y;
            _totals[1] = sum - _totals[0] - y;
            _totals[0] = sum;
            _counts[StepCounts.Correct] += isCorrect;
        }

        /// <summary>
        /// The norm of the gradient of the sample that was last learned from, see <see cref="OnlineSgd.Norm"/>: 0 where it was right
        /// and such samples are skipped.
        /// </summary>
        private float Norm(int sample, bool skipsCorrect)
        {
            if (skipsCorrect && _row.IsCorrect(_layers[^1].Y, _labels[sample]) != 0)
            {
                return 0f;
            }

            var total = 0f;
            for (var l = 0; l < _layers.Length; l++)
            {
                var inputs = 0f;
                for (var k = 0; k < _layers[l].Inputs; k++)
                {
                    var x = l > 0 ? _layers[l - 1].Y[k] : _values[((nint)sample * _list.Features) + k] * _list.Scale;
                    inputs = KernelMath.Fma(x, x, inputs);
                }

                var gradients = 0f;
                for (var j = 0; j < _layers[l].Outputs; j++)
                {
                    gradients = KernelMath.Fma(_layers[l].Gradient[j], _layers[l].Gradient[j], gradients);
                }

                total = KernelMath.Fma(inputs + 1f, gradients, total);
            }

            return KernelMath.Sqrt(total);
        }

        private void Prefetch(byte* sample)
        {
            if (Sse.IsSupported)
            {
                for (var at = 0; at < _list.Features; at += 64)
                {
                    Sse.Prefetch0(sample + at);
                }
            }
        }
    }
}
