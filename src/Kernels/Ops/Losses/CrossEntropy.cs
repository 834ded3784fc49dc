using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Cross-entropy of probabilities that <see cref="Softmax"/> made: loss = -log p_label, gradient by p = -1 / (p_label m) at the label and 0
/// elsewhere. A probability below the smallest normal float counts as that, so that a loss is at most 87.4 where
/// <see cref="SoftmaxCrossEntropy"/>, which never divides by it, knows the true one. A NaN at the label makes loss and gradient NaN.
/// </summary>
public static class CrossEntropy
{
    private const string Operation = "cross-entropy";

    /// <summary>One index a row: p and gradient are (m, n), labels, losses and correct (m).</summary>
    public static void CrossEntropyKernel(Index1D row, ArrayView<float> p, ArrayView<int> labels, int m, int n, ArrayView<float> losses,
        ArrayView<int> correct, ArrayView<float> gradient)
    {
        if (row >= m)
        {
            return;
        }

        var start = row * n;
        var label = labels[row];
        var probability = Floor(p[start + label]);
        losses[row] = -KernelMath.Log(probability);
        correct[row] = SoftmaxRow.FirstMaximumIs(p, start, n, label);
        for (var j = 0; j < n; j++)
        {
            gradient[start + j] = j == label ? -1f / m / probability : 0f;
        }
    }

    /// <summary>Prepares losses and the gradient of their mean by the probabilities.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="batch">With probabilities in the place of the logits, and a gradient.</param>
    /// <exception cref="ArgumentException">A view has another size, or there is no gradient.</exception>
    public static Launch Prepare(ComputeAccelerator accelerator, LossBatch batch)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        batch.RequireShapes(Operation);
        var gradient = batch.RequireGradient(Operation);
        return accelerator is CpuAccelerator cpu
            ? new TwinLaunch(cpu, batch)
            : accelerator.Prepare(CrossEntropyKernel, LaunchShape.Linear(batch.M), batch.Logits, batch.Labels, batch.M, batch.N, batch.Losses,
                batch.Correct, gradient);
    }

    private static float Floor(float p) => KernelMath.IsNaN(p) ? p : KernelMath.Max(p, KernelMath.SmallestNormal);

    /// <summary>The kernel on pointers: a row has one logarithm and one quotient.</summary>
    private sealed unsafe class TwinLaunch(CpuAccelerator cpu, LossBatch batch) : LossLaunch(cpu, Operation, batch, cost: 4)
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (row, end) = RowRange(Rows, Parts, part);
            for (; row < end; row++)
            {
                var p = Logits + ((long)row * N);
                var gradient = Gradient + ((long)row * N);
                var label = Labels[row];
                var probability = Floor(p[label]);
                Losses[row] = -KernelMath.Log(probability);
                Correct[row] = SoftmaxRow.FirstMaximumIs(p, N, label, SoftmaxRow.Maximum(p, N));
                new Span<float>(gradient, N).Clear();
                gradient[label] = -1f / Rows / probability;
            }
        }
    }
}
