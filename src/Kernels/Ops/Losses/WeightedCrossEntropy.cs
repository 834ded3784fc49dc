using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Softmax and cross-entropy with class weights and label smoothing, as PyTorch's cross_entropy has them (smoothing: Szegedy, Vanhoucke, Ioffe,
/// Shlens and Wojna, "Rethinking the inception architecture for computer vision", 2016). With l_c = -log softmax(a)_c, weights w and smoothing s, the loss of a
/// batch is the sum over its rows of (1 - s) w_label l_label + s / n sum_c w_c l_c, over W, the sum of w_label. A row's loss is its share
/// times m, so that their mean is the batch's. The gradient is ((1 - s) w_label (p_j - [j = label]) + s / n sum_c w_c (p_j - [j = c])) / W.
/// </summary>
public static class WeightedCrossEntropy
{
    private const string Operation = "weighted-cross-entropy";

    /// <summary>One index a row, with the gradient: logits and gradient are (m, n), labels, losses and correct (m), weights (n).</summary>
    public static void WeightedCrossEntropyKernel(Index1D row, ArrayView<float> logits, ArrayView<int> labels, int m, int n, ArrayView<float> weights,
        float smoothing, ArrayView<float> losses, ArrayView<int> correct, ArrayView<float> gradient)
    {
        if (row >= m)
        {
            return;
        }

        var start = row * n;
        var label = labels[row];
        var max = SoftmaxRow.Maximum(logits, start, n);
        var sum = SoftmaxRow.SumOfExponentials(logits, start, n, max);
        var total = TotalWeight(labels, m, weights);
        losses[row] = RowLoss(logits, start, n, label, weights, smoothing, max + KernelMath.Log(sum)) * (m / total);
        correct[row] = SoftmaxRow.FirstMaximumIs(logits, start, n, label);
        var (own, spread, share) = (((1f - smoothing) * weights[label]), smoothing / n, 1f / total);
        var factor = (own + (spread * SumOf(weights, n))) / sum * share;
        for (var j = 0; j < n; j++)
        {
            var target = KernelMath.Fma(spread, weights[j], j == label ? own : 0f);
            gradient[start + j] = KernelMath.FlushToZero(KernelMath.Fma(KernelMath.Exp(logits[start + j] - max), factor, -(target * share)));
        }
    }

    /// <summary>One index a row, losses alone: logits is (m, n), labels, losses and correct (m), weights (n).</summary>
    public static void WeightedCrossEntropyLossKernel(Index1D row, ArrayView<float> logits, ArrayView<int> labels, int m, int n, ArrayView<float> weights,
        float smoothing, ArrayView<float> losses, ArrayView<int> correct)
    {
        if (row >= m)
        {
            return;
        }

        var start = row * n;
        var max = SoftmaxRow.Maximum(logits, start, n);
        var logSum = max + KernelMath.Log(SoftmaxRow.SumOfExponentials(logits, start, n, max));
        losses[row] = RowLoss(logits, start, n, labels[row], weights, smoothing, logSum) * (m / TotalWeight(labels, m, weights));
        correct[row] = SoftmaxRow.FirstMaximumIs(logits, start, n, labels[row]);
    }

    /// <summary>Prepares losses and, where it is given, the gradient of their mean.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="batch">What it reads and writes.</param>
    /// <param name="weights">(n), above 0: what each class counts, 1 for all alike.</param>
    /// <param name="smoothing">The share of a target that all classes have in equal parts, from 0 to 1.</param>
    /// <exception cref="ArgumentException">A view has another size, or the smoothing is no share.</exception>
    public static Launch Prepare(ComputeAccelerator accelerator, LossBatch batch, DeviceView<float> weights, float smoothing)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        batch.RequireShapes(Operation);
        Require.Length(weights, batch.N, Operation);
        if (!(smoothing is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, $"{Operation}: a smoothing from 0 to 1 was expected, it is {smoothing}.");
        }

        if (accelerator is CpuAccelerator cpu)
        {
            return cpu.Prepare(new Twin(batch, weights, smoothing));
        }

        return batch.Gradient is { } gradient
            ? accelerator.Prepare(WeightedCrossEntropyKernel, LaunchShape.Linear(batch.M), batch.Logits, batch.Labels, batch.M, batch.N, weights, smoothing,
                batch.Losses, batch.Correct, gradient)
            : accelerator.Prepare(WeightedCrossEntropyLossKernel, LaunchShape.Linear(batch.M), batch.Logits, batch.Labels, batch.M, batch.N, weights,
                smoothing, batch.Losses, batch.Correct);
    }

    private static float TotalWeight(ArrayView<int> labels, int m, ArrayView<float> weights)
    {
        var total = 0f;
        for (var row = 0; row < m; row++)
        {
            total += weights[labels[row]];
        }

        return total;
    }

    private static float SumOf(ArrayView<float> weights, int n)
    {
        var sum = 0f;
        for (var j = 0; j < n; j++)
        {
            sum += weights[j];
        }

        return sum;
    }

    private static float RowLoss(ArrayView<float> logits, int start, int n, int label, ArrayView<float> weights, float smoothing, float logSum)
    {
        var all = 0f;
        for (var j = 0; j < n; j++)
        {
            all = KernelMath.Fma(weights[j], logSum - logits[start + j], all);
        }

        return KernelMath.Fma((1f - smoothing) * weights[label], logSum - logits[start + label], smoothing / n * all);
    }

    private sealed record Twin(LossBatch Batch, DeviceView<float> Weights, float Smoothing) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed unsafe class TwinLaunch<TSimd, TVector>(CpuAccelerator cpu, Twin twin) : LossLaunch(cpu, Operation, twin.Batch, cost: 45, readsAllLabels: true)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly float* _weights = twin.Weights.Pointer();
        private readonly float _smoothing = twin.Smoothing;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var lanes = stackalloc float[16];
            var total = 0f;
            for (var row = 0; row < M; row++)
            {
                total += _weights[Labels[row]];
            }

            var (first, end) = RowRange(M, Parts, part);
            for (var row = first; row < end; row++)
            {
                var a = Logits + ((long)row * N);
                var label = Labels[row];
                var max = SoftmaxRow.Maximum(a, N);
                Correct[row] = SoftmaxRow.FirstMaximumIs(a, N, label, max);
                var sum = SoftmaxRow.SumOfExponentials<TSimd, TVector>(a, N, max, lanes);
                Losses[row] = RowLoss(a, label, max + KernelMath.Log(sum)) * (M / total);
                if (Gradient != null)
                {
                    WriteGradient(a, Gradient + ((long)row * N), label, max, sum, 1f / total);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float RowLoss(float* a, int label, float logSum)
        {
            var all = 0f;
            for (var j = 0; j < N; j++)
            {
                all = KernelMath.Fma(_weights[j], logSum - a[j], all);
            }

            return KernelMath.Fma((1f - _smoothing) * _weights[label], logSum - a[label], _smoothing / N * all);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void WriteGradient(float* a, float* gradient, int label, float max, float sum, float share)
        {
            var (own, spread) = ((1f - _smoothing) * _weights[label], _smoothing / N);
            var factor = (own + (spread * SoftmaxRow.Sum(_weights, N))) / sum * share;
            var atLabel = KernelMath.FlushToZero(
                KernelMath.Fma(KernelMath.Exp(a[label] - max), factor, -(KernelMath.Fma(spread, _weights[label], own) * share)));
            var (shift, scale) = (TSimd.Broadcast(max), TSimd.Broadcast(factor));
            for (var j = 0; j < N; j += TSimd.Width)
            {
                var count = Math.Min(TSimd.Width, N - j);
                var target = TSimd.Multiply(TSimd.Fma(TSimd.Broadcast(spread), TSimd.LoadPartial(_weights + j, count), TSimd.Zero), TSimd.Broadcast(-share));
                var e = SimdMath.Exp<TSimd, TVector>(TSimd.Subtract(TSimd.LoadPartial(a + j, count), shift));
                TSimd.StorePartial(gradient + j, TSimd.FlushToZero(TSimd.Fma(e, scale, target)), count);
            }

            gradient[label] = atLabel;
        }
    }
}
