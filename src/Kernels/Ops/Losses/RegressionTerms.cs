using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>What the distance d of an output from its target costs.</summary>
public enum RegressionKind
{
    /// <summary>See <see cref="SquaredTerm"/>.</summary>
    Squared = 0,

    /// <summary>See <see cref="AbsoluteTerm"/>.</summary>
    Absolute = 1,

    /// <summary>See <see cref="HuberTerm"/>.</summary>
    Huber = 2,
}

/// <summary>The cost of a distance, as an empty struct that kernel and twin take as a type argument. NaN passes to both.</summary>
public interface IRegressionTerm
{
    /// <summary>The cost of d.</summary>
    static abstract TVector Cost<TSimd, TVector>(TVector d) where TSimd : struct, ISimd<TVector> where TVector : struct;

    /// <summary>The derivative of the cost by d.</summary>
    static abstract TVector Slope<TSimd, TVector>(TVector d) where TSimd : struct, ISimd<TVector> where TVector : struct;
}

/// <summary>d^2, with the slope 2 d.</summary>
internal readonly struct SquaredTerm : IRegressionTerm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Cost<TSimd, TVector>(TVector d) where TSimd : struct, ISimd<TVector> where TVector : struct => TSimd.Multiply(d, d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Slope<TSimd, TVector>(TVector d) where TSimd : struct, ISimd<TVector> where TVector : struct => TSimd.Add(d, d);
}

/// <summary>|d|, with the sign of d as its slope, 0 at 0.</summary>
internal readonly struct AbsoluteTerm : IRegressionTerm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Cost<TSimd, TVector>(TVector d) where TSimd : struct, ISimd<TVector> where TVector : struct => TSimd.Abs(d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Slope<TSimd, TVector>(TVector d) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.SelectPositive(d, TSimd.Broadcast(1f), TSimd.SelectNegative(d, TSimd.Broadcast(-1f), d));
}

/// <summary>
/// d^2 / 2 up to |d| = 1, and |d| - 1/2 beyond (Huber, "Robust estimation of a location parameter", 1964; delta 1 as in PyTorch): with c = d clamped to
/// [-1, 1] both are c (d - c / 2), and the slope is c.
/// </summary>
internal readonly struct HuberTerm : IRegressionTerm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Cost<TSimd, TVector>(TVector d) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var clamped = Slope<TSimd, TVector>(d);
        return TSimd.Multiply(clamped, TSimd.Fma(TSimd.Broadcast(-0.5f), clamped, d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Slope<TSimd, TVector>(TVector d) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var (one, minusOne) = (TSimd.Broadcast(1f), TSimd.Broadcast(-1f));
        return TSimd.SelectGreater(d, one, one, TSimd.SelectPositive(TSimd.Subtract(minusOne, d), minusOne, d));
    }
}
