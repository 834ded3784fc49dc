using System.Runtime.CompilerServices;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;

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
        losses[row] = SumOfSoftplus(logits, start, n, label) / n;
        correct[row] = SoftmaxRow.FirstMaximumIs(logits, start, n, label);
        var factor = 1f / n / m;
        for (var j = 0; j < n; j++)
        {
            var a = logits[start + j];
            gradient[start + j] = j == label ? KernelMath.Sigmoid(-a) * -factor : KernelMath.Sigmoid(a) * factor;
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

        losses[row] = SumOfSoftplus(logits, row * n, n, labels[row]) / n;
        correct[row] = SoftmaxRow.FirstMaximumIs(logits, row * n, n, labels[row]);
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
        Losses.RequireShapes("binary-cross-entropy", logits, labels, m, n, losses, correct, gradient);
        if (accelerator is CpuAccelerator { IsPlain: false } cpu)
        {
            return cpu.Prepare(new Twin(logits, labels, m, n, losses, correct, gradient));
        }

        return gradient is { } da
            ? accelerator.Prepare(BinaryCrossEntropyKernel, LaunchShape.Linear(m), logits, labels, m, n, losses, correct, da)
            : accelerator.Prepare(BinaryCrossEntropyLossKernel, LaunchShape.Linear(m), logits, labels, m, n, losses, correct);
    }

    /// <summary>The loss of the row of n elements from <paramref name="start"/>.</summary>
    internal static float RowLoss(ArrayView<float> logits, int start, int n, int label) =>
        SumOfSoftplus(logits, start, n, label) / n;

    /// <summary>The derivative of the mean loss of m rows by element <paramref name="j"/> of the row from <paramref name="start"/>.</summary>
    internal static float RowGradient(ArrayView<float> logits, int start, int n, int label, int j, int m)
    {
        var a = logits[start + j];
        var factor = 1f / n / m;
        return j == label ? KernelMath.Sigmoid(-a) * -factor : KernelMath.Sigmoid(a) * factor;
    }

    private sealed record Twin(DeviceView<float> Outputs, DeviceView<int> Labels, int M, int N, DeviceView<float> Losses,
        DeviceView<int> Correct, DeviceView<float>? Gradient) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

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

    private sealed unsafe class TwinLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly int _n;
        private readonly float _factor;
        private readonly float* _outputs;
        private readonly int* _labels;
        private readonly float* _losses;
        private readonly int* _correct;
        private readonly float* _gradient;

        internal TwinLaunch(CpuAccelerator cpu, Twin twin)
            : base(cpu, "binary-cross-entropy", CpuRows.Parts(twin.M), 80L * twin.M * twin.N)
        {
            Rows = twin.M;
            _n = twin.N;
            _factor = 1f / twin.N / twin.M;
            _outputs = twin.Outputs.Pointer();
            _labels = twin.Labels.Pointer();
            _losses = twin.Losses.Pointer();
            _correct = twin.Correct.Pointer();
            _gradient = twin.Gradient is { } gradient ? gradient.Pointer() : null;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var tails = stackalloc float[16];
            var (first, end) = RowRange(Rows, Parts, part);
            for (var row = first; row < end; row++)
            {
                var a = _outputs + ((long)row * _n);
                var label = _labels[row];
                var logit = a[label];
                _correct[row] = SoftmaxRow.FirstMaximumIs(a, _n, label, SoftmaxRow.Maximum(a, _n));
                _losses[row] = Softplus(a, label, tails) / _n;
                if (_gradient != null)
                {
                    Gradient(a, _gradient + ((long)row * _n));
                    _gradient[((long)row * _n) + label] = KernelMath.Sigmoid(-logit) * -_factor;
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float Softplus(float* a, int label, float* tails)
        {
            var one = TSimd.Broadcast(1f);
            var sum = 0f;
            for (var j = 0; j < _n; j += TSimd.Width)
            {
                var count = Math.Min(TSimd.Width, _n - j);
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
        private void Gradient(float* a, float* gradient)
        {
            var factor = TSimd.Broadcast(_factor);
            for (var j = 0; j < _n; j += TSimd.Width)
            {
                var count = Math.Min(TSimd.Width, _n - j);
                var sigmoid = SimdMath.Sigmoid<TSimd, TVector>(TSimd.LoadPartial(a + j, count));
                TSimd.StorePartial(gradient + j, TSimd.Multiply(sigmoid, factor), count);
            }
        }
    }
}
