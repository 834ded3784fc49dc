using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A batch's part of the gradient of a step that takes several: s = share g for the first of them, then s = s + share g, rounded once, where the share
/// is the batch's part of the step's samples, so that means over batches become the mean over the step.
/// </summary>
public static class GradientShare
{
    private const string Operation = "gradient-share";

    /// <summary>One index an element: gradient and sum are (count); what the sum held is read where <paramref name="adds"/> is 1.</summary>
    public static void GradientShareKernel(Index1D i, ArrayView<float> gradient, float share, int adds, int count, ArrayView<float> sum)
    {
        if (i >= count)
        {
            return;
        }

        sum[i] = KernelMath.Fma(share, gradient[i], adds != 0 ? sum[i] : 0f);
    }

    /// <summary>Prepares s = share g.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="gradient">(count), of the batch.</param>
    /// <param name="share">The batch's part of the step's samples.</param>
    /// <param name="sum">(count), written.</param>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareFirst(ComputeAccelerator accelerator, DeviceView<float> gradient, float share, DeviceView<float> sum) =>
        Prepare(accelerator, new Twin(gradient, share, Adds: false, sum));

    /// <summary>Prepares s = s + share g.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="gradient">(count), of the batch.</param>
    /// <param name="share">The batch's part of the step's samples.</param>
    /// <param name="sum">(count), updated.</param>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareNext(ComputeAccelerator accelerator, DeviceView<float> gradient, float share, DeviceView<float> sum) =>
        Prepare(accelerator, new Twin(gradient, share, Adds: true, sum));

    private static Launch Prepare(ComputeAccelerator accelerator, Twin twin)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Length(twin.Gradient, twin.Sum.Length, Operation);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(twin)
            : accelerator.Prepare(GradientShareKernel, LaunchShape.Linear(twin.Sum.Length), twin.Gradient, twin.Share, twin.Adds ? 1 : 0,
                twin.Sum.Length, twin.Sum);
    }

    private sealed record Twin(DeviceView<float> Gradient, float Share, bool Adds, DeviceView<float> Sum) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed unsafe class TwinLaunch<TSimd, TVector>(CpuAccelerator cpu, Twin twin)
        : CpuLaunch(cpu, Operation, CpuElements.Parts(twin.Sum.Length), 12L * twin.Sum.Length)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly float* _gradient = twin.Gradient.Pointer();
        private readonly float* _sum = twin.Sum.Pointer();

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (i, end) = RowRange(twin.Sum.Length, Parts, part);
            var (share, zero) = (TSimd.Broadcast(twin.Share), TSimd.Broadcast(0f));
            for (; i + TSimd.Width <= end; i += TSimd.Width)
            {
                TSimd.Store(_sum + i, TSimd.Fma(share, TSimd.Load(_gradient + i), twin.Adds ? TSimd.Load(_sum + i) : zero));
            }

            for (; i < end; i++)
            {
                _sum[i] = KernelMath.Fma(twin.Share, _gradient[i], twin.Adds ? _sum[i] : 0f);
            }
        }
    }
}
