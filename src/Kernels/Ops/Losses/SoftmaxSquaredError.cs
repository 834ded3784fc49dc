using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The mean squared error of p = softmax(a) against a one-hot target, with the gradient through the full Jacobian of softmax:
/// d = p - t, loss = sum_j d_j^2 / n, gradient_i = 2 p_i (d_i - sum_j d_j p_j) / (n m). A row with NaN or an infinite maximum
/// has a loss and a gradient of NaN.
/// </summary>
public static class SoftmaxSquaredError
{
    /// <summary>One index a row, with the gradient: logits and gradient are (m, n), labels, losses and correct (m).</summary>
    public static void SoftmaxSquaredErrorKernel(Index1D row, ArrayView<float> logits, ArrayView<int> labels, int m, int n,
        ArrayView<float> losses, ArrayView<int> correct, ArrayView<float> gradient)
    {
        if (row >= m)
        {
            return;
        }

        var start = row * n;
        var label = labels[row];
        var max = SoftmaxRow.Maximum(logits, start, n);
        var scale = 1f / SoftmaxRow.SumOfExponentials(logits, start, n, max);
        losses[row] = SumOfSquares(logits, start, n, label, max, scale) / n;
        correct[row] = SoftmaxRow.FirstMaximumIs(logits, start, n, label);
        var dot = Dot(logits, start, n, label, max, scale);
        var factor = 2f / n / m;
        for (var j = 0; j < n; j++)
        {
            gradient[start + j] = Derivative(Probability(logits[start + j] - max, scale), dot, factor, j == label);
        }
    }

    /// <summary>One index a row, losses alone: logits is (m, n), labels, losses and correct (m).</summary>
    public static void SoftmaxSquaredErrorLossKernel(Index1D row, ArrayView<float> logits, ArrayView<int> labels, int m, int n,
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
        batch.RequireShapes("softmax-mse");
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(batch))
            : batch.Prepare(accelerator, SoftmaxSquaredErrorKernel, SoftmaxSquaredErrorLossKernel);
    }

    /// <summary>The loss of the row of n elements from <paramref name="start"/>.</summary>
    internal static float RowLoss(ArrayView<float> logits, int start, int n, int label)
    {
        var max = SoftmaxRow.Maximum(logits, start, n);
        return SumOfSquares(logits, start, n, label, max, 1f / SoftmaxRow.SumOfExponentials(logits, start, n, max)) / n;
    }

    /// <summary>The derivative of the mean loss of m rows by element <paramref name="j"/> of the row from <paramref name="start"/>.</summary>
    internal static float RowGradient(ArrayView<float> logits, int start, int n, int label, int j, int m)
    {
        var max = SoftmaxRow.Maximum(logits, start, n);
        var scale = 1f / SoftmaxRow.SumOfExponentials(logits, start, n, max);
        var dot = Dot(logits, start, n, label, max, scale);
        return Derivative(Probability(logits[start + j] - max, scale), dot, 2f / n / m, j == label);
    }

    private static float Probability(float logit, float scale) => KernelMath.FlushToZero(KernelMath.Exp(logit) * scale);

    private static float Derivative(float p, float dot, float factor, bool isLabel) => KernelMath.FlushToZero(p * ((isLabel ? p - 1f : p) - dot) * factor);

    /// <summary>The sum of (p - t) p over a row.</summary>
    private static float Dot(ArrayView<float> logits, int start, int n, int label, float max, float scale)
    {
        var dot = 0f;
        for (var j = 0; j < n; j++)
        {
            var p = Probability(logits[start + j] - max, scale);
            dot = KernelMath.Fma(j == label ? p - 1f : p, p, dot);
        }

        return dot;
    }

    /// <summary>The sum of (p - t)^2 over a row.</summary>
    private static float SumOfSquares(ArrayView<float> logits, int start, int n, int label, float max, float scale)
    {
        var sum = 0f;
        for (var j = 0; j < n; j++)
        {
            var p = Probability(logits[start + j] - max, scale);
            var difference = j == label ? p - 1f : p;
            sum = KernelMath.Fma(difference, difference, sum);
        }

        return sum;
    }

    private sealed record Twin(LossBatch Batch) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, Batch);
    }

    private sealed unsafe class TwinLaunch<TSimd, TVector> : LossLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly float _factor;
        private readonly float[] _scratch;
        private readonly int _scratchStride;

        internal TwinLaunch(CpuAccelerator cpu, LossBatch batch) : base(cpu, "softmax-mse", batch, cost: 45)
        {
            _factor = 2f / batch.N / batch.M;
            _scratchStride = (batch.N + 31) & ~15;
            _scratch = GC.AllocateArray<float>(batch.Gradient is null ? Parts * _scratchStride : 0, pinned: true);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var lanes = stackalloc float[16];
            var (first, end) = RowRange(Rows, Parts, part);
            for (var row = first; row < end; row++)
            {
                var a = Logits + ((long)row * N);
                var label = Labels[row];
                var max = SoftmaxRow.Maximum(a, N);
                Correct[row] = SoftmaxRow.FirstMaximumIs(a, N, label, max);

                // The probabilities stand in the gradient's place until the gradient does.
                var p = Gradient == null ? Scratch(part) : Gradient + ((long)row * N);
                var sum = SoftmaxRow.Exponentials<TSimd, TVector>(a, N, max, p, lanes);
                SoftmaxRow.Scale<TSimd, TVector>(p, N, 1f / sum);
                var (squares, dot) = Sums(p, label);
                Losses[row] = squares / N;
                if (Gradient != null)
                {
                    WriteGradient(p, label, dot);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float* Scratch(int part) => (float*)Unsafe.AsPointer(ref _scratch[0]) + ((long)part * _scratchStride);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private (float Squares, float Dot) Sums(float* p, int label)
        {
            var (squares, dot) = (0f, 0f);
            for (var j = 0; j < N; j++)
            {
                var difference = j == label ? p[j] - 1f : p[j];
                squares = KernelMath.Fma(difference, difference, squares);
                dot = KernelMath.Fma(difference, p[j], dot);
            }

            return (squares, dot);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void WriteGradient(float* p, int label, float dot)
        {
            var target = KernelMath.FlushToZero(p[label] * (p[label] - 1f - dot) * _factor);
            var (shift, factor) = (TSimd.Broadcast(dot), TSimd.Broadcast(_factor));
            for (var j = 0; j < N; j += TSimd.Width)
            {
                var count = Math.Min(TSimd.Width, N - j);
                var value = TSimd.LoadPartial(p + j, count);
                value = TSimd.Multiply(TSimd.Multiply(value, TSimd.Subtract(value, shift)), factor);
                TSimd.StorePartial(p + j, TSimd.FlushToZero(value), count);
            }

            p[label] = target;
        }
    }
}
