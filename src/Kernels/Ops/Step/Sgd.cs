using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Stochastic gradient descent on a slab of parameters, with momentum and L2 as in PyTorch: g = scale gradient + l2 w,
/// v = momentum v + g, w -= rate v. Without a velocity, w -= rate g. Where the gradient's norm was measured, it decides on the scale
/// and on whether anything changes at all.
/// </summary>
public static class Sgd
{
    /// <summary>
    /// One index a parameter, without momentum; L2 works on the first <paramref name="decayed"/> parameters. Control see
    /// <see cref="StepControl"/>, read where <paramref name="isControlled"/> is 1.
    /// </summary>
    public static void SgdKernel(Index1D i, ArrayView<float> gradients, ArrayView<float> rates, ArrayView<int> cursor,
        ArrayView<float> control, int isControlled, float l2, int decayed, int count, ArrayView<float> parameters)
    {
        if (i >= count || Skips(control, isControlled))
        {
            return;
        }

        var g = Gradient(i, gradients, control, isControlled);
        g = i < decayed ? KernelMath.Fma(l2, parameters[i], g) : g;
        parameters[i] = KernelMath.Fma(-rates[cursor[StepCursor.Step]], g, parameters[i]);
    }

    /// <summary>
    /// One index a parameter, with momentum; L2 works on the first <paramref name="decayed"/> parameters. Control see
    /// <see cref="StepControl"/>, read where <paramref name="isControlled"/> is 1.
    /// </summary>
    public static void SgdMomentumKernel(Index1D i, ArrayView<float> gradients, ArrayView<float> rates, ArrayView<int> cursor,
        ArrayView<float> control, int isControlled, float momentum, float l2, int decayed, int count, ArrayView<float> velocity,
        ArrayView<float> parameters)
    {
        if (i >= count || Skips(control, isControlled))
        {
            return;
        }

        var g = Gradient(i, gradients, control, isControlled);
        g = i < decayed ? KernelMath.Fma(l2, parameters[i], g) : g;
        var v = KernelMath.Fma(momentum, velocity[i], g);
        velocity[i] = v;
        parameters[i] = KernelMath.Fma(-rates[cursor[StepCursor.Step]], v, parameters[i]);
    }

    /// <summary>Prepares one step on all parameters.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="gradients">The gradient of the mean loss by each parameter.</param>
    /// <param name="velocity">As many, 0 at the start of a run, updated; null where <paramref name="momentum"/> is 0.</param>
    /// <param name="rates">The learning rate of each step of an epoch.</param>
    /// <param name="cursor">See <see cref="StepCursor"/>.</param>
    /// <param name="control">See <see cref="StepControl"/>, of this gradient; null for a scale of 1, always applied.</param>
    /// <param name="momentum">What stays of the velocity from step to step, 0 for none.</param>
    /// <param name="l2">The factor of a weight in its gradient, 0 for none.</param>
    /// <param name="decayed">How many parameters, from the first, L2 works on: the weights, which stand before the biases.</param>
    /// <param name="parameters">As many as gradients, updated.</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<float> gradients, DeviceView<float>? velocity,
        DeviceView<float> rates, DeviceView<int> cursor, DeviceView<float>? control, float momentum, float l2, int decayed,
        DeviceView<float> parameters)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        RequireShapes(gradients, velocity, rates, cursor, control, momentum, decayed, parameters);
        var count = parameters.Length;
        decayed = l2 == 0f ? 0 : decayed;
        if (accelerator is CpuAccelerator cpu)
        {
            return cpu.Prepare(new Twin(gradients, velocity, rates, cursor, control, momentum, l2, decayed, parameters));
        }

        var isControlled = control is null ? 0 : 1;
        return velocity is { } v
            ? accelerator.Prepare(SgdMomentumKernel, LaunchShape.Linear(count), gradients, rates, cursor, control ?? rates, isControlled, momentum,
                l2, decayed, count, v, parameters)
            : accelerator.Prepare(SgdKernel, LaunchShape.Linear(count), gradients, rates, cursor, control ?? rates, isControlled, l2, decayed,
                count, parameters);
    }

    private static void RequireShapes(DeviceView<float> gradients, DeviceView<float>? velocity, DeviceView<float> rates,
        DeviceView<int> cursor, DeviceView<float>? control, float momentum, int decayed, DeviceView<float> parameters)
    {
        Require.Length(gradients, parameters.Length, "sgd");
        Require.Length(velocity ?? parameters, parameters.Length, "sgd", nameof(velocity));
        Require.AtLeast(rates, 1, "sgd");
        Require.Length(cursor, StepCursor.Length, "sgd");
        Require.AtLeast(parameters, decayed, "sgd");
        ArgumentOutOfRangeException.ThrowIfNegative(decayed);
        if (control is { } c)
        {
            Require.Length(c, StepControl.Length, "sgd", nameof(control));
        }

        if (velocity is null && momentum != 0f)
        {
            throw new ArgumentException($"sgd: momentum {momentum} needs a velocity of {parameters.Length} elements, there is none.", nameof(velocity));
        }
    }

    private static bool Skips(ArrayView<float> control, int isControlled) => isControlled != 0 && control[StepControl.Applies] == 0f;

    private static float Gradient(int i, ArrayView<float> gradients, ArrayView<float> control, int isControlled) =>
        isControlled != 0 ? gradients[i] * control[StepControl.Scale] : gradients[i];

    private sealed record Twin(DeviceView<float> Gradients, DeviceView<float>? Velocity, DeviceView<float> Rates, DeviceView<int> Cursor,
        DeviceView<float>? Control, float Momentum, float L2, int Decayed, DeviceView<float> Parameters) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed unsafe class TwinLaunch<TSimd, TVector>(CpuAccelerator cpu, Twin twin)
        : CpuLaunch(cpu, twin.Velocity is null ? "sgd" : "sgd-momentum", CpuElements.Parts(twin.Parameters.Length),
            (twin.Velocity is null ? 12L : 20L) * twin.Parameters.Length)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly float* _gradients = twin.Gradients.Pointer();
        private readonly float* _velocity = twin.Velocity is { } velocity ? velocity.Pointer() : null;
        private readonly float* _rates = twin.Rates.Pointer();
        private readonly int* _cursor = twin.Cursor.Pointer();
        private readonly float* _control = twin.Control is { } control ? control.Pointer() : null;
        private readonly float* _parameters = twin.Parameters.Pointer();

        public override void RunPart(int part)
        {
            if (_control != null && _control[StepControl.Applies] == 0f)
            {
                return;
            }

            var (first, end) = RowRange(twin.Parameters.Length, Parts, part);
            var border = Math.Clamp(twin.Decayed, first, end);
            Step(first, border, TSimd.Broadcast(twin.L2), decay: true);
            Step(border, end, TSimd.Zero, decay: false);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Step(int i, int end, TVector l2, bool decay)
        {
            var rate = TSimd.Broadcast(-_rates[_cursor[StepCursor.Step]]);
            var momentum = TSimd.Broadcast(twin.Momentum);
            var scale = TSimd.Broadcast(_control == null ? 1f : _control[StepControl.Scale]);
            for (; i + TSimd.Width <= end; i += TSimd.Width)
            {
                var w = TSimd.Load(_parameters + i);
                var change = TSimd.Multiply(TSimd.Load(_gradients + i), scale);
                change = decay ? TSimd.Fma(l2, w, change) : change;
                if (_velocity != null)
                {
                    change = TSimd.Fma(momentum, TSimd.Load(_velocity + i), change);
                    TSimd.Store(_velocity + i, change);
                }

                TSimd.Store(_parameters + i, TSimd.Fma(rate, change, w));
            }

            if (i < end)
            {
                var count = end - i;
                var w = TSimd.LoadPartial(_parameters + i, count);
                var change = TSimd.Multiply(TSimd.LoadPartial(_gradients + i, count), scale);
                change = decay ? TSimd.Fma(l2, w, change) : change;
                if (_velocity != null)
                {
                    change = TSimd.Fma(momentum, TSimd.LoadPartial(_velocity + i, count), change);
                    TSimd.StorePartial(_velocity + i, change, count);
                }

                TSimd.StorePartial(_parameters + i, TSimd.Fma(rate, change, w), count);
            }
        }
    }
}
