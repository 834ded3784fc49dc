using System.Runtime.CompilerServices;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;

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
            var p = KernelMath.Exp(logits[start + j] - max) * scale;
            gradient[start + j] = p * ((j == label ? p - 1f : p) - dot) * factor;
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

        var start = row * n;
        var label = labels[row];
        var max = SoftmaxRow.Maximum(logits, start, n);
        var scale = 1f / SoftmaxRow.SumOfExponentials(logits, start, n, max);
        losses[row] = SumOfSquares(logits, start, n, label, max, scale) / n;
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
        Losses.RequireShapes("softmax-mse", logits, labels, m, n, losses, correct, gradient);
        if (accelerator is CpuAccelerator { IsPlain: false } cpu)
        {
            return cpu.Prepare(new Twin(logits, labels, m, n, losses, correct, gradient));
        }

        return gradient is { } da
            ? accelerator.Prepare(SoftmaxSquaredErrorKernel, LaunchShape.Linear(m), logits, labels, m, n, losses, correct, da)
            : accelerator.Prepare(SoftmaxSquaredErrorLossKernel, LaunchShape.Linear(m), logits, labels, m, n, losses, correct);
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
        var p = KernelMath.Exp(logits[start + j] - max) * scale;
        return p * ((j == label ? p - 1f : p) - Dot(logits, start, n, label, max, scale)) * (2f / n / m);
    }

    /// <summary>The sum of (p - t) p over a row.</summary>
    private static float Dot(ArrayView<float> logits, int start, int n, int label, float max, float scale)
    {
        var dot = 0f;
        for (var j = 0; j < n; j++)
        {
            var p = KernelMath.Exp(logits[start + j] - max) * scale;
            dot = KernelMath.Fma(j == label ? p - 1f : p, p, dot);
        }

        return dot;
    }

    private sealed record Twin(DeviceView<float> Outputs, DeviceView<int> Labels, int M, int N, DeviceView<float> Losses,
        DeviceView<int> Correct, DeviceView<float>? Gradient) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    /// <summary>The sum of (p - t)^2 over a row.</summary>
    private static float SumOfSquares(ArrayView<float> logits, int start, int n, int label, float max, float scale)
    {
        var sum = 0f;
        for (var j = 0; j < n; j++)
        {
            var p = KernelMath.Exp(logits[start + j] - max) * scale;
            var difference = j == label ? p - 1f : p;
            sum = KernelMath.Fma(difference, difference, sum);
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
        private readonly float[] _scratch;
        private readonly int _scratchStride;

        internal TwinLaunch(CpuAccelerator cpu, Twin twin)
            : base(cpu, "softmax-mse", CpuRows.Parts(twin.M), 45L * twin.M * twin.N)
        {
            Rows = twin.M;
            _n = twin.N;
            _factor = 2f / twin.N / twin.M;
            _outputs = twin.Outputs.Pointer();
            _labels = twin.Labels.Pointer();
            _losses = twin.Losses.Pointer();
            _correct = twin.Correct.Pointer();
            _gradient = twin.Gradient is { } gradient ? gradient.Pointer() : null;
            _scratchStride = (twin.N + 31) & ~15;
            _scratch = GC.AllocateArray<float>(_gradient == null ? Parts * _scratchStride : 0, pinned: true);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var lanes = stackalloc float[16];
            var (first, end) = RowRange(Rows, Parts, part);
            for (var row = first; row < end; row++)
            {
                var a = _outputs + ((long)row * _n);
                var label = _labels[row];
                var max = SoftmaxRow.Maximum(a, _n);
                _correct[row] = SoftmaxRow.FirstMaximumIs(a, _n, label, max);

                // The probabilities stand in the gradient's place until the gradient does.
                var p = _gradient == null ? Scratch(part) : _gradient + ((long)row * _n);
                var sum = SoftmaxRow.Exponentials<TSimd, TVector>(a, _n, max, p, lanes);
                SoftmaxRow.Scale<TSimd, TVector>(p, _n, 1f / sum);
                var (squares, dot) = Sums(p, label);
                _losses[row] = squares / _n;
                if (_gradient != null)
                {
                    Gradient(p, label, dot);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float* Scratch(int part) => (float*)Unsafe.AsPointer(ref _scratch[0]) + ((long)part * _scratchStride);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private (float Squares, float Dot) Sums(float* p, int label)
        {
            var (squares, dot) = (0f, 0f);
            for (var j = 0; j < _n; j++)
            {
                var difference = j == label ? p[j] - 1f : p[j];
                squares = KernelMath.Fma(difference, difference, squares);
                dot = KernelMath.Fma(difference, p[j], dot);
            }

            return (squares, dot);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Gradient(float* p, int label, float dot)
        {
            var target = p[label] * (p[label] - 1f - dot) * _factor;
            var (shift, factor) = (TSimd.Broadcast(dot), TSimd.Broadcast(_factor));
            for (var j = 0; j < _n; j += TSimd.Width)
            {
                var count = Math.Min(TSimd.Width, _n - j);
                var value = TSimd.LoadPartial(p + j, count);
                TSimd.StorePartial(p + j, TSimd.Multiply(TSimd.Multiply(value, TSimd.Subtract(value, shift)), factor), count);
            }

            p[label] = target;
        }
    }
}
