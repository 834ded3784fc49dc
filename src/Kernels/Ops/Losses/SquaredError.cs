using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The mean squared error of a row against a one-hot target, for probabilities that <see cref="Softmax"/> made or outputs as they are: d = p - t,
/// loss = sum_j d_j^2 / n, gradient by p = 2 d / (n m). NaN in a row makes its loss NaN, and its gradient where the NaN stands.
/// </summary>
public static class SquaredError
{
    private const string Operation = "squared-error";

    /// <summary>One index a row: p and gradient are (m, n), labels, losses and correct (m).</summary>
    public static void SquaredErrorKernel(Index1D row, ArrayView<float> p, ArrayView<int> labels, int m, int n, ArrayView<float> losses,
        ArrayView<int> correct, ArrayView<float> gradient)
    {
        if (row >= m)
        {
            return;
        }

        var start = row * n;
        var label = labels[row];
        correct[row] = SoftmaxRow.FirstMaximumIs(p, start, n, label);
        var factor = 2f / n / m;
        var sum = 0f;
        for (var j = 0; j < n; j++)
        {
            var difference = j == label ? p[start + j] - 1f : p[start + j];
            sum = KernelMath.Fma(difference, difference, sum);
            gradient[start + j] = difference * factor;
        }

        losses[row] = sum / n;
    }

    /// <summary>One index a row, losses alone: p is (m, n), labels, losses and correct (m).</summary>
    public static void SquaredErrorLossKernel(Index1D row, ArrayView<float> p, ArrayView<int> labels, int m, int n, ArrayView<float> losses,
        ArrayView<int> correct)
    {
        if (row >= m)
        {
            return;
        }

        var start = row * n;
        var label = labels[row];
        correct[row] = SoftmaxRow.FirstMaximumIs(p, start, n, label);
        var sum = 0f;
        for (var j = 0; j < n; j++)
        {
            var difference = j == label ? p[start + j] - 1f : p[start + j];
            sum = KernelMath.Fma(difference, difference, sum);
        }

        losses[row] = sum / n;
    }

    /// <summary>Prepares losses and, where it is given, the gradient of their mean.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="batch">With probabilities, or outputs, in the place of the logits.</param>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch Prepare(ComputeAccelerator accelerator, LossBatch batch)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        batch.RequireShapes(Operation);
        return accelerator is CpuAccelerator cpu
            ? new TwinLaunch(cpu, batch)
            : batch.Prepare(accelerator, SquaredErrorKernel, SquaredErrorLossKernel);
    }

    /// <summary>The kernel on pointers: one sum in column order has nothing for vectors to do.</summary>
    private sealed unsafe class TwinLaunch(CpuAccelerator cpu, LossBatch batch) : LossLaunch(cpu, Operation, batch, cost: 4)
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var factor = 2f / N / Rows;
            var (row, end) = RowRange(Rows, Parts, part);
            for (; row < end; row++)
            {
                var p = Logits + ((long)row * N);
                var gradient = Gradient + ((long)row * N);
                var label = Labels[row];
                Correct[row] = SoftmaxRow.FirstMaximumIs(p, N, label, SoftmaxRow.Maximum(p, N));
                var sum = 0f;
                for (var j = 0; j < N; j++)
                {
                    var difference = j == label ? p[j] - 1f : p[j];
                    sum = KernelMath.Fma(difference, difference, sum);
                    if (Gradient != null)
                    {
                        gradient[j] = difference * factor;
                    }
                }

                Losses[row] = sum / N;
            }
        }
    }
}
