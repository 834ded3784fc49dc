using System.Runtime.CompilerServices;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The mean squared error of outputs as they are, against a one-hot target: loss = sum_j (o_j - t_j)^2 / n, gradient =
/// 2 (o - t) / (n m). NaN among a row's outputs makes its loss NaN, and its gradient where the NaN stands.
/// </summary>
public static class MeanSquaredError
{
    /// <summary>One index a row, with the gradient: outputs and gradient are (m, n), labels, losses and correct (m).</summary>
    public static void MeanSquaredErrorKernel(Index1D row, ArrayView<float> outputs, ArrayView<int> labels, int m, int n,
        ArrayView<float> losses, ArrayView<int> correct, ArrayView<float> gradient)
    {
        if (row >= m)
        {
            return;
        }

        var start = row * n;
        var label = labels[row];
        losses[row] = SumOfSquares(outputs, start, n, label) / n;
        correct[row] = SoftmaxRow.FirstMaximumIs(outputs, start, n, label);
        var factor = 2f / n / m;
        for (var j = 0; j < n; j++)
        {
            gradient[start + j] = (j == label ? outputs[start + j] - 1f : outputs[start + j]) * factor;
        }
    }

    /// <summary>One index a row, losses alone: outputs is (m, n), labels, losses and correct (m).</summary>
    public static void MeanSquaredErrorLossKernel(Index1D row, ArrayView<float> outputs, ArrayView<int> labels, int m, int n,
        ArrayView<float> losses, ArrayView<int> correct)
    {
        if (row >= m)
        {
            return;
        }

        losses[row] = SumOfSquares(outputs, row * n, n, labels[row]) / n;
        correct[row] = SoftmaxRow.FirstMaximumIs(outputs, row * n, n, labels[row]);
    }

    /// <summary>Prepares losses and, where it is given, the gradient of their mean.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="outputs">(m, n).</param>
    /// <param name="labels">(m), each from 0 to n - 1.</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Classes, 1 or more.</param>
    /// <param name="losses">(m), the loss of each row.</param>
    /// <param name="correct">(m), 1 where the row's first maximum is its label.</param>
    /// <param name="gradient">(m, n), the derivative of the mean loss by the outputs; null to evaluate.</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<float> outputs, DeviceView<int> labels, int m, int n,
        DeviceView<float> losses, DeviceView<int> correct, DeviceView<float>? gradient)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Losses.RequireShapes("mse", outputs, labels, m, n, losses, correct, gradient);
        if (accelerator is CpuAccelerator { IsPlain: false } cpu)
        {
            return cpu.Prepare(new Twin(outputs, labels, m, n, losses, correct, gradient));
        }

        return gradient is { } da
            ? accelerator.Prepare(MeanSquaredErrorKernel, LaunchShape.Linear(m), outputs, labels, m, n, losses, correct, da)
            : accelerator.Prepare(MeanSquaredErrorLossKernel, LaunchShape.Linear(m), outputs, labels, m, n, losses, correct);
    }

    /// <summary>The loss of the row of n elements from <paramref name="start"/>.</summary>
    internal static float RowLoss(ArrayView<float> outputs, int start, int n, int label) =>
        SumOfSquares(outputs, start, n, label) / n;

    /// <summary>The derivative of the mean loss of m rows by element <paramref name="j"/> of the row from <paramref name="start"/>.</summary>
    internal static float RowGradient(ArrayView<float> outputs, int start, int n, int label, int j, int m) =>
        (j == label ? outputs[start + j] - 1f : outputs[start + j]) * (2f / n / m);

    private sealed record Twin(DeviceView<float> Outputs, DeviceView<int> Labels, int M, int N, DeviceView<float> Losses,
        DeviceView<int> Correct, DeviceView<float>? Gradient) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    private static float SumOfSquares(ArrayView<float> outputs, int start, int n, int label)
    {
        var sum = 0f;
        for (var j = 0; j < n; j++)
        {
            var difference = j == label ? outputs[start + j] - 1f : outputs[start + j];
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

        internal TwinLaunch(CpuAccelerator cpu, Twin twin)
            : base(cpu, "mse", CpuRows.Parts(twin.M), 6L * twin.M * twin.N)
        {
            Rows = twin.M;
            _n = twin.N;
            _factor = 2f / twin.N / twin.M;
            _outputs = twin.Outputs.Pointer();
            _labels = twin.Labels.Pointer();
            _losses = twin.Losses.Pointer();
            _correct = twin.Correct.Pointer();
            _gradient = twin.Gradient is { } gradient ? gradient.Pointer() : null;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (first, end) = RowRange(Rows, Parts, part);
            for (var row = first; row < end; row++)
            {
                var o = _outputs + ((long)row * _n);
                var label = _labels[row];
                var target = o[label] - 1f;
                _correct[row] = SoftmaxRow.FirstMaximumIs(o, _n, label, SoftmaxRow.Maximum(o, _n));
                var sum = 0f;
                for (var j = 0; j < _n; j++)
                {
                    var difference = j == label ? target : o[j];
                    sum = KernelMath.Fma(difference, difference, sum);
                }

                _losses[row] = sum / _n;
                if (_gradient != null)
                {
                    Gradient(o, _gradient + ((long)row * _n));
                    _gradient[((long)row * _n) + label] = target * _factor;
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Gradient(float* o, float* gradient)
        {
            var factor = TSimd.Broadcast(_factor);
            for (var j = 0; j < _n; j += TSimd.Width)
            {
                var count = Math.Min(TSimd.Width, _n - j);
                TSimd.StorePartial(gradient + j, TSimd.Multiply(TSimd.LoadPartial(o + j, count), factor), count);
            }
        }
    }
}
