using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

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
        losses[row] = Loss(logits[start + label], max, sum);
        correct[row] = SoftmaxRow.FirstMaximumIs(logits, start, n, label);
        var share = 1f / m;
        var factor = 1f / sum * share;
        for (var j = 0; j < n; j++)
        {
            gradient[start + j] = Derivative(logits[start + j] - max, factor, share, j == label);
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

        losses[row] = RowLoss(logits, row * n, n, labels[row]);
        correct[row] = SoftmaxRow.FirstMaximumIs(logits, row * n, n, labels[row]);
    }

    /// <summary>Prepares losses and, where it is given, the gradient of their mean.</summary>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch Prepare(ComputeAccelerator accelerator, LossBatch batch)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        batch.RequireShapes("softmax-cross-entropy");
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(batch))
            : batch.Prepare(accelerator, SoftmaxCrossEntropyKernel, SoftmaxCrossEntropyLossKernel);
    }

    /// <summary>The loss of the row of n elements from <paramref name="start"/>.</summary>
    internal static float RowLoss(ArrayView<float> logits, int start, int n, int label)
    {
        var max = SoftmaxRow.Maximum(logits, start, n);
        return Loss(logits[start + label], max, SoftmaxRow.SumOfExponentials(logits, start, n, max));
    }

    /// <summary>The derivative of the mean loss of m rows by element <paramref name="j"/> of the row from <paramref name="start"/>.</summary>
    internal static float RowGradient(ArrayView<float> logits, int start, int n, int label, int j, int m)
    {
        var max = SoftmaxRow.Maximum(logits, start, n);
        var share = 1f / m;
        var factor = 1f / SoftmaxRow.SumOfExponentials(logits, start, n, max) * share;
        return Derivative(logits[start + j] - max, factor, share, j == label);
    }

    private static float Loss(float logit, float max, float sum) => KernelMath.Log(sum) + (max - logit);

    private static float Derivative(float logit, float factor, float share, bool isLabel)
    {
        var e = KernelMath.Exp(logit);
        return isLabel ? KernelMath.Fma(e, factor, -share) : KernelMath.FlushToZero(e * factor);
    }

    private sealed record Twin(LossBatch Batch) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, Batch);
    }

    private sealed unsafe class TwinLaunch<TSimd, TVector> : LossLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly float _share;

        internal TwinLaunch(CpuAccelerator cpu, LossBatch batch) : base(cpu, "softmax-cross-entropy", batch, cost: 40) => _share = 1f / batch.M;

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
                    var a = Logits + ((long)row * N);
                    var label = Labels[row];
                    var max = SoftmaxRow.Maximum(a, N);
                    margins[row - first] = max - a[label];
                    Correct[row] = SoftmaxRow.FirstMaximumIs(a, N, label, max);
                    Losses[row] = Gradient == null
                        ? SoftmaxRow.SumOfExponentials<TSimd, TVector>(a, N, max, lanes)
                        : WriteGradient(a, Gradient + ((long)row * N), label, max, lanes);
                }

                // The logarithms of as many rows at a time as a vector holds.
                var logs = SimdMath.Log<TSimd, TVector>(TSimd.LoadPartial(Losses + first, count));
                TSimd.StorePartial(Losses + first, TSimd.Add(logs, TSimd.Load(margins)), count);
            }
        }

        /// <summary>Writes the gradient of one row, which may stand where the logits stood, and returns the sum.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float WriteGradient(float* a, float* gradient, int label, float max, float* lanes)
        {
            if (N > TSimd.Width)
            {
                var total = SoftmaxRow.Exponentials<TSimd, TVector>(a, N, max, gradient, lanes);
                var factor = 1f / total * _share;
                var target = KernelMath.Fma(gradient[label], factor, -_share);
                SoftmaxRow.Scale<TSimd, TVector>(gradient, N, factor);
                gradient[label] = target;
                return total;
            }

            // The whole row in one vector, as with ten classes.
            var e = SimdMath.Exp<TSimd, TVector>(TSimd.Subtract(TSimd.LoadPartial(a, N), TSimd.Broadcast(max)));
            TSimd.Store(lanes, e);
            var sum = SoftmaxRow.Sum(lanes, N);
            var scale = 1f / sum * _share;
            TSimd.StorePartial(gradient, TSimd.FlushToZero(TSimd.Multiply(e, TSimd.Broadcast(scale))), N);
            gradient[label] = KernelMath.Fma(lanes[label], scale, -_share);
            return sum;
        }
    }
}
