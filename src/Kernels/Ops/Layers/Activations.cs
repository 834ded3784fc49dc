using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Activations, element by element. All pass NaN on from a to y; the derivative of ReLU at NaN is 0 and of leaky ReLU 0.01, as
/// at any number that is not above 0. ReLU leaves -0 as it is, which equals 0.
/// </summary>
public static partial class Activations
{
    /// <summary>The slope of leaky ReLU below 0.</summary>
    public const float LeakySlope = 0.01f;

    /// <summary>The factor before the tanh of scaled tanh.</summary>
    public const float TanhHeight = 1.7159f;

    /// <summary>The factor inside the tanh of scaled tanh.</summary>
    public const float TanhSlope = 2f / 3f;

    /// <summary>y = f(a).</summary>
    /// <param name="kind">An <see cref="Activation"/> as an integer.</param>
    /// <param name="a">The sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Apply(int kind, float a) => kind switch
    {
        (int)Activation.Relu => KernelActivation.Relu.Apply(a),
        (int)Activation.LeakyRelu => KernelActivation.LeakyRelu.Apply(a),
        (int)Activation.Sigmoid => KernelActivation.Sigmoid.Apply(a),
        (int)Activation.Tanh => KernelActivation.Tanh.Apply(a),
        (int)Activation.ScaledTanh => KernelActivation.ScaledTanh.Apply(a),
        _ => KernelActivation.Identity.Apply(a),
    };

    /// <summary>f'(a), from the output y = f(a).</summary>
    /// <param name="kind">An <see cref="Activation"/> as an integer.</param>
    /// <param name="y">The activation's output.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Derivative(int kind, float y) => kind switch
    {
        (int)Activation.Relu => KernelActivation.Relu.Derivative(y),
        (int)Activation.LeakyRelu => KernelActivation.LeakyRelu.Derivative(y),
        (int)Activation.Sigmoid => KernelActivation.Sigmoid.Derivative(y),
        (int)Activation.Tanh => KernelActivation.Tanh.Derivative(y),
        (int)Activation.ScaledTanh => KernelActivation.ScaledTanh.Derivative(y),
        _ => KernelActivation.Identity.Derivative(y),
    };

    /// <summary>y = f(a), one index an element.</summary>
    public static void ActivationForwardKernel(Index1D i, ArrayView<float> a, int kind, int count, ArrayView<float> y)
    {
        if (i >= count)
        {
            return;
        }

        y[i] = Apply(kind, a[i]);
    }

    /// <summary>da = dy f'(a), one index an element.</summary>
    public static void ActivationBackwardKernel(Index1D i, ArrayView<float> y, ArrayView<float> dy, int kind, int count, ArrayView<float> da)
    {
        if (i >= count)
        {
            return;
        }

        da[i] = dy[i] * Derivative(kind, y[i]);
    }

    /// <summary>Prepares y = f(a).</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="activation">Which f.</param>
    /// <param name="a">The sums, any shape.</param>
    /// <param name="y">The outputs, as many; may be <paramref name="a"/>.</param>
    public static Launch PrepareForward(ComputeAccelerator accelerator, Activation activation, DeviceView<float> a, DeviceView<float> y)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        RequireKnown(activation);
        Require.Length(y, a.Length, "activation-forward");
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new ForwardTwin(activation, a, y))
            : accelerator.Prepare(ActivationForwardKernel, LaunchShape.Linear(a.Length), a, (int)activation, a.Length, y);
    }

    /// <summary>Prepares da = dy f'(a), where f' is taken from the outputs.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="activation">Which f.</param>
    /// <param name="y">The outputs y = f(a), any shape.</param>
    /// <param name="dy">The gradient by y, as many.</param>
    /// <param name="da">The gradient by a, as many; may be <paramref name="dy"/>.</param>
    public static Launch PrepareBackward(ComputeAccelerator accelerator, Activation activation, DeviceView<float> y, DeviceView<float> dy,
        DeviceView<float> da)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        RequireKnown(activation);
        Require.Length(dy, y.Length, "activation-backward");
        Require.Length(da, y.Length, "activation-backward");
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new BackwardTwin(activation, y, dy, da))
            : accelerator.Prepare(ActivationBackwardKernel, LaunchShape.Linear(y.Length), y, dy, (int)activation, y.Length, da);
    }

    private static void RequireKnown(Activation activation)
    {
        if (!Enum.IsDefined(activation))
        {
            throw new ArgumentOutOfRangeException(nameof(activation), activation, $"There is no activation {(int)activation}.");
        }
    }
}
