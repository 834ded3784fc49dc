using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Ops;

/// <summary>One activation in kernels, as an empty struct that a kernel takes as a type argument: it is compiled for that one alone.</summary>
public interface IKernelActivation
{
    /// <summary>Whether it leaves everything as it is.</summary>
    static abstract bool IsIdentity { get; }

    /// <summary>y = f(a).</summary>
    static abstract float Apply(float a);

    /// <summary>f'(a) from y = f(a).</summary>
    static abstract float Derivative(float y);
}

/// <summary>The activations as type arguments.</summary>
internal static class KernelActivation
{
    /// <summary>The type of an activation.</summary>
    internal static Type Of(Activation activation) => activation switch
    {
        Activation.Identity => typeof(Identity),
        Activation.Relu => typeof(Relu),
        Activation.LeakyRelu => typeof(LeakyRelu),
        Activation.Sigmoid => typeof(Sigmoid),
        Activation.Tanh => typeof(Tanh),
        Activation.ScaledTanh => typeof(ScaledTanh),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation."),
    };

    internal readonly struct Identity : IKernelActivation
    {
        public static bool IsIdentity => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Apply(float a) => a;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Derivative(float y) => 1f;
    }

    internal readonly struct Relu : IKernelActivation
    {
        public static bool IsIdentity => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Apply(float a) => KernelMath.IsNegative(a) ? 0f : a;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Derivative(float y) => KernelMath.IsPositive(y) ? 1f : 0f;
    }

    internal readonly struct LeakyRelu : IKernelActivation
    {
        public static bool IsIdentity => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Apply(float a) => KernelMath.IsPositive(a) ? a : Activations.LeakySlope * a;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Derivative(float y) => KernelMath.IsPositive(y) ? 1f : Activations.LeakySlope;
    }

    internal readonly struct Sigmoid : IKernelActivation
    {
        public static bool IsIdentity => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Apply(float a) => KernelMath.Sigmoid(a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Derivative(float y) => y * (1f - y);
    }

    internal readonly struct Tanh : IKernelActivation
    {
        public static bool IsIdentity => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Apply(float a) => KernelMath.Tanh(a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Derivative(float y) => KernelMath.Fma(-y, y, 1f);
    }

    internal readonly struct ScaledTanh : IKernelActivation
    {
        public static bool IsIdentity => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Apply(float a) => Activations.TanhHeight * KernelMath.Tanh(Activations.TanhSlope * a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Derivative(float y) =>
            KernelMath.Fma(-Activations.TanhSlope / Activations.TanhHeight * y, y, Activations.TanhSlope * Activations.TanhHeight);
    }
}
