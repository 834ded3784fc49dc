using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>What a pooling makes of the elements under its window.</summary>
public enum PoolingKind
{
    /// <summary>See <see cref="Ops.MaxPooling"/>.</summary>
    Max = 0,

    /// <summary>See <see cref="Ops.AveragePooling"/>.</summary>
    Average = 1,
}

/// <summary>What a pooling knows while it goes through a window.</summary>
/// <param name="Value">The result so far.</param>
/// <param name="Chosen">Where in the window the result comes from, as a float: row * kernel width + column.</param>
public readonly record struct PoolingState<T>(T Value, T Chosen) where T : struct;

/// <summary>A pooling as an empty struct that kernel and twin take as a type argument: its rule stands once, for floats and for vectors alike.</summary>
public interface IPoolingRule
{
    /// <summary>Whether the way back needs to know where a result came from.</summary>
    static abstract bool KeepsChosen { get; }

    /// <summary>Before the first element, which stands at <paramref name="place"/>.</summary>
    static abstract PoolingState<TVector> Start<TSimd, TVector>(float place) where TSimd : struct, ISimd<TVector> where TVector : struct;

    /// <summary>One element more, which stands at <paramref name="place"/>.</summary>
    static abstract PoolingState<TVector> Next<TSimd, TVector>(PoolingState<TVector> state, TVector value, float place)
        where TSimd : struct, ISimd<TVector> where TVector : struct;

    /// <summary>What of a result's gradient goes to the element at <paramref name="place"/> of the window, before <see cref="Finish"/>.</summary>
    static abstract TVector Share<TSimd, TVector>(TVector dy, TVector chosen, float place) where TSimd : struct, ISimd<TVector> where TVector : struct;

    /// <summary>The end of both ways; <paramref name="part"/> is 1 over the elements of a window.</summary>
    static abstract TVector Finish<TSimd, TVector>(TVector value, float part) where TSimd : struct, ISimd<TVector> where TVector : struct;
}

/// <summary>
/// The largest element, of equal ones the first, row after row; its gradient goes to that one alone. Padding is never it. NaN is larger than all,
/// and the last NaN is the one that counts, as in PyTorch.
/// </summary>
internal readonly struct MaxPooling : IPoolingRule
{
    public static bool KeepsChosen => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PoolingState<TVector> Start<TSimd, TVector>(float place) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        new(TSimd.Broadcast(float.NegativeInfinity), TSimd.Broadcast(place));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PoolingState<TVector> Next<TSimd, TVector>(PoolingState<TVector> state, TVector value, float place)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var here = TSimd.Broadcast(place);
        return new(
            TSimd.SelectNumber(value, TSimd.SelectGreater(value, state.Value, value, state.Value), value),
            TSimd.SelectNumber(value, TSimd.SelectGreater(value, state.Value, here, state.Chosen), here));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Share<TSimd, TVector>(TVector dy, TVector chosen, float place) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.SelectPositive(TSimd.Abs(TSimd.Subtract(chosen, TSimd.Broadcast(place))), TSimd.Zero, dy);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Finish<TSimd, TVector>(TVector value, float part) where TSimd : struct, ISimd<TVector> where TVector : struct => value;
}

/// <summary>The sum of the elements over the size of the window, padding counted as zeros, as PyTorch has it by default.</summary>
internal readonly struct AveragePooling : IPoolingRule
{
    public static bool KeepsChosen => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PoolingState<TVector> Start<TSimd, TVector>(float place) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        new(TSimd.Zero, TSimd.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PoolingState<TVector> Next<TSimd, TVector>(PoolingState<TVector> state, TVector value, float place)
        where TSimd : struct, ISimd<TVector> where TVector : struct => state with { Value = TSimd.Add(state.Value, value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Share<TSimd, TVector>(TVector dy, TVector chosen, float place) where TSimd : struct, ISimd<TVector> where TVector : struct => dy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Finish<TSimd, TVector>(TVector value, float part) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Multiply(value, TSimd.Broadcast(part));
}
