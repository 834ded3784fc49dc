using System.Runtime.CompilerServices;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Softmax, cross-entropy and their gradient in one: loss = log(sum_j exp(a_j - max)) - (a_label - max), gradient =
/// (softmax(a) - onehot(label)) / m. A row with NaN or an infinite maximum has a loss and a gradient of NaN.
/// </summary>
public static class SoftmaxCrossEntropy
{
    /// <summary>One index a row, with the gradient: logits and gradient are (m, n), labels, losses and correct (m).</summary>
    public static void SoftmaxCrossEntropyKernel(Index1D row, ArrayView<float> logits, ArrayView<int> labels, int m, int n,
        ArrayView<float> losses, ArrayView<int> correct, ArrayView<float> gradient)
    {
        if (row >= m)
        {
            return;
        }

        var start = row * n;
        var label = labels[row];
        var max = SoftmaxRow.Maximum(logits, start, n);
        var sum = SoftmaxRow.SumOfExponentials(logits, start, n, max);
        losses[row] = KernelMath.Log(sum) + (max - logits[start + label]);
        correct[row] = SoftmaxRow.FirstMaximumIs(logits, start, n, label);

        var share = 1f / m;
        var factor = 1f / sum * share;
        for (var j = 0; j < n; j++)
        {
            var e = KernelMath.Exp(logits[start + j] - max);
            gradient[start + j] = j == label ? KernelMath.Fma(e, factor, -share) : e * factor;
        }
    }

    /// <summary>One index a row, losses alone: logits is (m, n), labels, losses and correct (m).</summary>
    public static void SoftmaxCrossEntropyLossKernel(Index1D row, ArrayView<float> logits, ArrayView<int> labels, int m, int n,
        ArrayView<float> losses, ArrayView<int> correct)
    {
        if (row >= m)
        {
            return;
        }

        var start = row * n;
        var label = labels[row];
        var max = SoftmaxRow.Maximum(logits, start, n);
        var sum = SoftmaxRow.SumOfExponentials(logits, start, n, max);
        losses[row] = KernelMath.Log(sum) + (max - logits[start + label]);
        correct[row] = SoftmaxRow.FirstMaximumIs(logits, start, n, label);
    }

    /// <summary>Prepares losses and, where it is given, the gradient of their mean.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="logits">(m, n).</param>
    /// <param name="labels">(m), each from 0 to n - 1.</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Classes, 1 or more.</param>
    /// <param name="losses">(m), the loss of each row.</param>
    /// <param name="correct">(m), 1 where the row's first maximum is its label.</param>
    /// <param name="gradient">(m, n), the derivative of the mean loss by the logits; null to evaluate.</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<float> logits, DeviceView<int> labels, int m, int n,
        DeviceView<float> losses, DeviceView<int> correct, DeviceView<float>? gradient)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Losses.RequireShapes("softmax-cross-entropy", logits, labels, m, n, losses, correct, gradient);
        if (accelerator is CpuAccelerator { IsPlain: false } cpu)
        {
            return cpu.Prepare(new Twin(logits, labels, m, n, losses, correct, gradient));
        }

        return gradient is { } da
            ? accelerator.Prepare(SoftmaxCrossEntropyKernel, LaunchShape.Linear(m), logits, labels, m, n, losses, correct, da)
            : accelerator.Prepare(SoftmaxCrossEntropyLossKernel, LaunchShape.Linear(m), logits, labels, m, n, losses, correct);
    }

    /// <summary>The loss of the row of n elements from <paramref name="start"/>.</summary>
    internal static float RowLoss(ArrayView<float> logits, int start, int n, int label)
    {
        var max = SoftmaxRow.Maximum(logits, start, n);
        return KernelMath.Log(SoftmaxRow.SumOfExponentials(logits, start, n, max)) + (max - logits[start + label]);
    }

    /// <summary>The derivative of the mean loss of m rows by element <paramref name="j"/> of the row from <paramref name="start"/>.</summary>
    internal static float RowGradient(ArrayView<float> logits, int start, int n, int label, int j, int m)
    {
        var max = SoftmaxRow.Maximum(logits, start, n);
        var share = 1f / m;
        var factor = 1f / SoftmaxRow.SumOfExponentials(logits, start, n, max) * share;
        var e = KernelMath.Exp(logits[start + j] - max);
        return j == label ? KernelMath.Fma(e, factor, -share) : e * factor;
    }

    private sealed record Twin(DeviceView<float> Logits, DeviceView<int> Labels, int M, int N, DeviceView<float> Losses,
        DeviceView<int> Correct, DeviceView<float>? Gradient) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed unsafe class TwinLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly int _n;
        private readonly float _share;
        private readonly float* _logits;
        private readonly int* _labels;
        private readonly float* _losses;
        private readonly int* _correct;
        private readonly float* _gradient;

        internal TwinLaunch(CpuAccelerator cpu, Twin twin)
            : base(cpu, "softmax-cross-entropy", CpuRows.Parts(twin.M), 40L * twin.M * twin.N)
        {
            Rows = twin.M;
            _n = twin.N;
            _share = 1f / twin.M;
            _logits = twin.Logits.Pointer();
            _labels = twin.Labels.Pointer();
            _losses = twin.Losses.Pointer();
            _correct = twin.Correct.Pointer();
            _gradient = twin.Gradient is { } gradient ? gradient.Pointer() : null;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var lanes = stackalloc float[16];
            var margins = stackalloc float[16];
            var (first, end) = RowRange(Rows, Parts, part);
            for (; first < end; first += TSimd.Width)
            {
                var count = Math.Min(TSimd.Width, end - first);
                for (var row = first; row < first + count; row++)
                {
                    var a = _logits + ((long)row * _n);
                    var label = _labels[row];
                    var max = SoftmaxRow.Maximum(a, _n);
                    margins[row - first] = max - a[label];
                    _correct[row] = SoftmaxRow.FirstMaximumIs(a, _n, label, max);
                    _losses[row] = _gradient == null
                        ? SoftmaxRow.SumOfExponentials<TSimd, TVector>(a, _n, max, lanes)
                        : Gradient(a, _gradient + ((long)row * _n), label, max, lanes);
                }

                // The logarithms of as many rows at a time as a vector holds.
                var logs = SimdMath.Log<TSimd, TVector>(TSimd.LoadPartial(_losses + first, count));
                TSimd.StorePartial(_losses + first, TSimd.Add(logs, TSimd.Load(margins)), count);
            }
        }

        /// <summary>Writes the gradient of one row, which may stand where the logits stood, and returns the sum.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float Gradient(float* a, float* gradient, int label, float max, float* lanes)
        {
            if (_n > TSimd.Width)
            {
                var total = SoftmaxRow.Exponentials<TSimd, TVector>(a, _n, max, gradient, lanes);
                var factor = 1f / total * _share;
                var target = KernelMath.Fma(gradient[label], factor, -_share);
                SoftmaxRow.Scale<TSimd, TVector>(gradient, _n, factor);
                gradient[label] = target;
                return total;
            }

            // The whole row in one vector, as with ten classes.
            var e = SimdMath.Exp<TSimd, TVector>(TSimd.Subtract(TSimd.LoadPartial(a, _n), TSimd.Broadcast(max)));
            TSimd.Store(lanes, e);
            var sum = SoftmaxRow.Sum(lanes, _n);
            var scale = 1f / sum * _share;
            TSimd.StorePartial(gradient, TSimd.Multiply(e, TSimd.Broadcast(scale)), _n);
            gradient[label] = KernelMath.Fma(lanes[label], scale, -_share);
            return sum;
        }
    }
}
