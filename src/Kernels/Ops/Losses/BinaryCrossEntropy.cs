using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Binary cross-entropy of each output's own sigmoid against a one-hot target, on logits. With x = -a at the label and x = a
/// elsewhere, loss = sum_j log(1 + exp(x_j)) / n, where log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)) never overflows, and
/// gradient = sigmoid(x) / (n m), negative at the label. NaN among a row's logits makes its loss NaN, and its gradient where the
/// NaN stands.
/// </summary>
public static class BinaryCrossEntropy
{
    /// <summary>One index a row, with the gradient: logits and gradient are (m, n), labels, losses and correct (m).</summary>
    public static void BinaryCrossEntropyKernel(Index1D row, ArrayView<float> logits, ArrayView<int> labels, int m, int n,
        ArrayView<float> losses, ArrayView<int> correct, ArrayView<float> gradient)
    {
        if (row >= m)
        {
            return;
        }

        var start = row * n;
        var label = labels[row];
        losses[row] = RowLoss(logits, start, n, label);
        correct[row] = SoftmaxRow.FirstMaximumIs(logits, start, n, label);
        var factor = 1f / n / m;
        for (var j = 0; j < n; j++)
        {
            gradient[start + j] = Derivative(logits[start + j], factor, j == label);
        }
    }

    /// <summary>One index a row, losses alone: logits is (m, n), labels, losses and correct (m).</summary>
    public static void BinaryCrossEntropyLossKernel(Index1D row, ArrayView<float> logits, ArrayView<int> labels, int m, int n,
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
        batch.RequireShapes("binary-cross-entropy");
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(batch))
            : batch.Prepare(accelerator, BinaryCrossEntropyKernel, BinaryCrossEntropyLossKernel);
    }

    /// <summary>The loss of the row of n elements from <paramref name="start"/>.</summary>
    internal static float RowLoss(ArrayView<float> logits, int start, int n, int label) =>
        SumOfSoftplus(logits, start, n, label) / n;

    /// <summary>The derivative of the mean loss of m rows by element <paramref name="j"/> of the row from <paramref name="start"/>.</summary>
    internal static float RowGradient(ArrayView<float> logits, int start, int n, int label, int j, int m) =>
        Derivative(logits[start + j], 1f / n / m, j == label);

    private static float Derivative(float logit, float factor, bool isLabel) =>
        KernelMath.FlushToZero(isLabel ? KernelMath.Sigmoid(-logit) * -factor : KernelMath.Sigmoid(logit) * factor);

    /// <summary>The sum of log(1 + exp(x)) over a row.</summary>
    private static float SumOfSoftplus(ArrayView<float> logits, int start, int n, int label)
    {
        var sum = 0f;
        for (var j = 0; j < n; j++)
        {
            var x = j == label ? -logits[start + j] : logits[start + j];
            sum += KernelMath.Max(x, 0f) + KernelMath.Log(1f + KernelMath.Exp(-KernelMath.Abs(x)));
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

        internal TwinLaunch(CpuAccelerator cpu, LossBatch batch) : base(cpu, "binary-cross-entropy", batch, cost: 80) =>
            _factor = 1f / batch.N / batch.M;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var tails = stackalloc float[16];
            var (first, end) = RowRange(Rows, Parts, part);
            for (var row = first; row < end; row++)
            {
                var a = Logits + ((long)row * N);
                var label = Labels[row];
                var logit = a[label];
                Correct[row] = SoftmaxRow.FirstMaximumIs(a, N, label, SoftmaxRow.Maximum(a, N));
                Losses[row] = Softplus(a, label, tails) / N;
                if (Gradient != null)
                {
                    WriteGradient(a, Gradient + ((long)row * N));
                    Gradient[((long)row * N) + label] = Derivative(logit, _factor, isLabel: true);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float Softplus(float* a, int label, float* tails)
        {
            var one = TSimd.Broadcast(1f);
            var sum = 0f;
            for (var j = 0; j < N; j += TSimd.Width)
            {
                var count = Math.Min(TSimd.Width, N - j);
                var z = SimdMath.Exp<TSimd, TVector>(TSimd.Subtract(TSimd.Zero, TSimd.Abs(TSimd.LoadPartial(a + j, count))));
                TSimd.Store(tails, SimdMath.Log<TSimd, TVector>(TSimd.Add(one, z)));
                for (var lane = 0; lane < count; lane++)
                {
                    // log(1 + exp(-|x|)) is the same for x and -x.
                    var x = j + lane == label ? -a[j + lane] : a[j + lane];
                    sum += KernelMath.Max(x, 0f) + tails[lane];
                }
            }

            return sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void WriteGradient(float* a, float* gradient)
        {
            var factor = TSimd.Broadcast(_factor);
            for (var j = 0; j < N; j += TSimd.Width)
            {
                var count = Math.Min(TSimd.Width, N - j);
                var sigmoid = SimdMath.Sigmoid<TSimd, TVector>(TSimd.LoadPartial(a + j, count));
                TSimd.StorePartial(gradient + j, TSimd.FlushToZero(TSimd.Multiply(sigmoid, factor)), count);
            }
        }
    }
}
