using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>The activations, element by element.</summary>
public static partial class Activations
{
    private static readonly ActivationKernels _forward = new(ActivationForwardKernel<Identity>);

    private static readonly ActivationKernels _backward = new(ActivationBackwardKernel<Identity>);

    /// <summary>Every activation.</summary>
    public static IReadOnlyList<Activation> All { get; } = Enum.GetValues<Activation>();

    /// <summary>The name of an activation.</summary>
    public static string NameOf(Activation activation) => Enum.IsDefined(activation) ? ActivationList.NameOf(activation) : activation.ToString();

    /// <summary>Whether the derivative is taken from the sums, so that a step keeps them beside the outputs.</summary>
    public static bool KeepsSum(Activation activation) => ActivationList.SourceOf(activation) == SlopeSource.Sum;

    /// <summary>y = f(a).</summary>
    public static float Apply(Activation activation, float a) => ActivationList.Choose<ApplyVisitor, float, float>(activation, a);

    /// <summary>f'(a), from the sum a where <see cref="KeepsSum"/> says so, else from the output y = f(a).</summary>
    public static float Derivative(Activation activation, float from) => ActivationList.Choose<DerivativeVisitor, float, float>(activation, from);

    /// <summary>y = f(a), one index an element.</summary>
    public static void ActivationForwardKernel<TActivation>(Index1D i, ArrayView<float> a, int count, ArrayView<float> y)
        where TActivation : struct, IActivation
    {
        if (i >= count)
        {
            return;
        }

        y[i] = TActivation.Apply<SimdScalar, float>(a[i]);
    }

    /// <summary>da = dy f'(a), one index an element; f' is taken from <paramref name="kept"/>.</summary>
    public static void ActivationBackwardKernel<TActivation>(Index1D i, ArrayView<float> kept, ArrayView<float> dy, int count, ArrayView<float> da)
        where TActivation : struct, IActivation
    {
        if (i >= count)
        {
            return;
        }

        da[i] = ActivationGradient.Through<TActivation, SimdScalar, float>(dy[i], kept[i]);
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
            : accelerator.Prepare(_forward.Of(activation), LaunchShape.Linear(a.Length), a, a.Length, y);
    }

    /// <summary>Prepares da = dy f'(a).</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="activation">Which f.</param>
    /// <param name="kept">What f' is taken from, any shape: the sums a where the activation keeps them, else the outputs y = f(a).</param>
    /// <param name="dy">The gradient by y, as many.</param>
    /// <param name="da">The gradient by a, as many; may be <paramref name="dy"/>.</param>
    public static Launch PrepareBackward(ComputeAccelerator accelerator, Activation activation, DeviceView<float> kept, DeviceView<float> dy,
        DeviceView<float> da)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        RequireKnown(activation);
        Require.Length(dy, kept.Length, "activation-backward");
        Require.Length(da, kept.Length, "activation-backward");
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new BackwardTwin(activation, kept, dy, da))
            : accelerator.Prepare(_backward.Of(activation), LaunchShape.Linear(kept.Length), kept, dy, kept.Length, da);
    }

    /// <summary>Checks that sums are kept only for what asks for them.</summary>
    /// <exception cref="ArgumentException">The activation does not ask for its sums.</exception>
    internal static void RequireKeeps(Activation activation, string name)
    {
        if (!KeepsSum(activation))
        {
            throw new ArgumentException($"{name}: sums are kept for activations that ask for them, {NameOf(activation)} does not.", nameof(activation));
        }
    }

    private static void RequireKnown(Activation activation)
    {
        if (!Enum.IsDefined(activation))
        {
            throw new ArgumentOutOfRangeException(nameof(activation), activation, $"There is no activation {(int)activation}.");
        }
    }

    private readonly struct ApplyVisitor : IActivationVisitor<float, float>
    {
        public static float Visit<TActivation>(float argument) where TActivation : struct, IActivationFunction =>
            TActivation.Apply<SimdScalar, float>(argument);
    }

    private readonly struct DerivativeVisitor : IActivationVisitor<float, float>
    {
        public static float Visit<TActivation>(float argument) where TActivation : struct, IActivationFunction =>
            TActivation.Derivative<SimdScalar, float>(argument);
    }
}
