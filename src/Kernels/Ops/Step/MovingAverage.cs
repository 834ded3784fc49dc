using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The exponential moving average of parameters after each step (Polyak and Juditsky, "Acceleration of stochastic approximation by
/// averaging", 1992, in the form of <c>torch.optim.swa_utils.get_ema_avg_fn</c>): a = decay a + (1 - decay) w, computed as
/// a + (1 - decay) (w - a). What is not learned, such as running statistics, is an average by itself and is copied.
/// </summary>
public static class MovingAverage
{
    internal const string Operation = "moving-average";

    /// <summary>One index a parameter; control see <see cref="StepControl"/>, read where <paramref name="isControlled"/> is 1.</summary>
    public static void MovingAverageKernel(Index1D i, ArrayView<float> parameters, float share, int learned, int count,
        ArrayView<float> control, int isControlled, ArrayView<float> average)
    {
        if (i >= count || (isControlled != 0 && control[StepControl.Applies] == 0f))
        {
            return;
        }

        average[i] = i < learned ? KernelMath.Fma(share, parameters[i] - average[i], average[i]) : parameters[i];
    }

    /// <summary>Prepares the average's share of a step.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="parameters">The parameters after the step.</param>
    /// <param name="decay">What stays of the average, in [0, 1).</param>
    /// <param name="learned">How many parameters, from the first, are averaged; the others are copied.</param>
    /// <param name="control">See <see cref="StepControl"/>, of this step's gradient; null where it is not measured.</param>
    /// <param name="average">As long as the parameters, updated.</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<float> parameters, float decay, int learned,
        DeviceView<float>? control, DeviceView<float> average)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Length(average, parameters.Length, Operation);
        Require.AtLeast(parameters, learned, Operation);
        if (control is { } c)
        {
            Require.Length(c, StepControl.Length, Operation, nameof(control));
        }

        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(parameters, 1 - decay, learned, control, average))
            : accelerator.Prepare(MovingAverageKernel, LaunchShape.Linear(parameters.Length), parameters, 1 - decay, learned, parameters.Length,
                control ?? parameters, control is null ? 0 : 1, average);
    }

    private sealed record Twin(DeviceView<float> Parameters, float Share, int Learned, DeviceView<float>? Control, DeviceView<float> Average) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed unsafe class TwinLaunch<TSimd, TVector>(CpuAccelerator cpu, Twin twin)
        : CpuLaunch(cpu, Operation, CpuElements.Parts(twin.Parameters.Length), 12L * twin.Parameters.Length)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly float* _parameters = twin.Parameters.Pointer();
        private readonly float* _control = twin.Control is { } control ? control.Pointer() : null;
        private readonly float* _average = twin.Average.Pointer();

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            if (_control != null && _control[StepControl.Applies] == 0f)
            {
                return;
            }

            var (i, end) = RowRange(twin.Parameters.Length, Parts, part);
            var border = Math.Clamp(twin.Learned, i, end);
            var share = TSimd.Broadcast(twin.Share);
            for (; i + TSimd.Width <= border; i += TSimd.Width)
            {
                var a = TSimd.Load(_average + i);
                TSimd.Store(_average + i, TSimd.Fma(share, TSimd.Subtract(TSimd.Load(_parameters + i), a), a));
            }

            for (; i < border; i++)
            {
                _average[i] = KernelMath.Fma(twin.Share, _parameters[i] - _average[i], _average[i]);
            }

            new ReadOnlySpan<float>(_parameters + border, end - border).CopyTo(new Span<float>(_average + border, end - border));
        }
    }
}
