using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// One activation on vectors, as an empty struct that a twin takes as a type argument. The formulas are those of
/// <see cref="Activations.Apply"/> and <see cref="Activations.Derivative"/>, to the bit.
/// </summary>
internal interface ISimdActivation
{
    /// <summary>y = f(a).</summary>
    static abstract TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct;

    /// <summary>f'(a) from y = f(a).</summary>
    static abstract TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct;
}

/// <summary>Work that has one body for each activation.</summary>
/// <typeparam name="TResult">What it makes.</typeparam>
internal interface IActivationVisitor<out TResult>
{
    /// <summary>The work for one activation.</summary>
    TResult Visit<TActivation>() where TActivation : struct, ISimdActivation;
}

/// <summary>The activations as type arguments.</summary>
internal static class SimdActivation
{
    /// <summary>Hands the activation's type to <paramref name="visitor"/>.</summary>
    internal static TResult Choose<TVisitor, TResult>(Activation activation, TVisitor visitor)
        where TVisitor : IActivationVisitor<TResult> => activation switch
        {
            Activation.Identity => visitor.Visit<Identity>(),
            Activation.Relu => visitor.Visit<Relu>(),
            Activation.LeakyRelu => visitor.Visit<LeakyRelu>(),
            Activation.Sigmoid => visitor.Visit<Sigmoid>(),
            Activation.Tanh => visitor.Visit<Tanh>(),
            Activation.ScaledTanh => visitor.Visit<ScaledTanh>(),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation."),
        };

    internal readonly struct Identity : ISimdActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct => a;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            TSimd.Broadcast(1f);
    }

    internal readonly struct Relu : ISimdActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            TSimd.MaxOrSecond(TSimd.Zero, a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            TSimd.SelectGreater(y, TSimd.Zero, TSimd.Broadcast(1f), TSimd.Zero);
    }

    internal readonly struct LeakyRelu : ISimdActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            TSimd.SelectGreater(a, TSimd.Zero, a, TSimd.Multiply(TSimd.Broadcast(Activations.LeakySlope), a));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            TSimd.SelectGreater(y, TSimd.Zero, TSimd.Broadcast(1f), TSimd.Broadcast(Activations.LeakySlope));
    }

    internal readonly struct Sigmoid : ISimdActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            SimdMath.Sigmoid<TSimd, TVector>(a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            TSimd.Multiply(y, TSimd.Subtract(TSimd.Broadcast(1f), y));
    }

    internal readonly struct Tanh : ISimdActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            SimdMath.Tanh<TSimd, TVector>(a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            TSimd.Fma(TSimd.Multiply(TSimd.Broadcast(-1f), y), y, TSimd.Broadcast(1f));
    }

    internal readonly struct ScaledTanh : ISimdActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            TSimd.Multiply(TSimd.Broadcast(Activations.TanhHeight),
                SimdMath.Tanh<TSimd, TVector>(TSimd.Multiply(TSimd.Broadcast(Activations.TanhSlope), a)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            TSimd.Fma(TSimd.Multiply(TSimd.Broadcast(-Activations.TanhSlope / Activations.TanhHeight), y), y,
                TSimd.Broadcast(Activations.TanhSlope * Activations.TanhHeight));
    }
}
