using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// RMSprop (Tieleman and Hinton, "Lecture 6.5", Coursera, 2012) as PyTorch has it: s = alpha s + (1 - alpha) g^2,
/// d = g / (sqrt(s) + eps); with momentum v = momentum v + g / (sqrt(s) + eps), d = v.
/// </summary>
public sealed class RmsProp : Optimizer
{
    private const string Alpha = "alpha";
    private const string Epsilon = "eps";
    private const string Square = "square";

    /// <inheritdoc/>
    public override string Name => "rmsprop";

    /// <inheritdoc/>
    public override float LearningRate => 0.01f;

    /// <inheritdoc/>
    public override bool TakesMomentum => true;

    /// <inheritdoc/>
    public override IReadOnlyList<OptimizerSetting> Settings { get; } = [new(Alpha, 0.99, 0.75), new(Epsilon, 1e-8, 0.01)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots(UpdateSettings settings) => settings.Momentum == 0 ? [Square] : [Square, "velocity"];

    /// <inheritdoc/>
    public override bool IsPositive(string slot) => slot == Square;

    internal override UpdateTruth Truth => RmsPropTruth.Update;

    internal override UpdateRule Rule(UpdateSettings settings)
    {
        var (alpha, epsilon) = (settings.Optimizer[Alpha], settings.Optimizer[Epsilon]);
        return settings.Momentum == 0
            ? UpdateRule.Of<RmsPropRule>(alpha, 1 - alpha, epsilon)
            : UpdateRule.Of<RmsPropMomentumRule>(alpha, 1 - alpha, epsilon, settings.Momentum);
    }
}

/// <summary>A is alpha and B 1 - alpha, C is eps.</summary>
internal readonly struct RmsPropRule : IUpdateRule
{
    public static int Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UpdateNumbers<float> Begin(UpdateNumbers<float> constants, int update) => constants;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Updated<TVector> Apply<TSimd, TVector>(UpdateNumbers<TVector> k, TVector g, TVector first, TVector second)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var square = TSimd.Fma(k.A, first, TSimd.Multiply(TSimd.Multiply(k.B, g), g));
        return new(TSimd.Divide(g, TSimd.Add(TSimd.Sqrt(square), k.C)), square, second);
    }
}

/// <summary>The same with a velocity as second slot, and D as momentum.</summary>
internal readonly struct RmsPropMomentumRule : IUpdateRule
{
    public static int Slots => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UpdateNumbers<float> Begin(UpdateNumbers<float> constants, int update) => constants;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Updated<TVector> Apply<TSimd, TVector>(UpdateNumbers<TVector> k, TVector g, TVector first, TVector second)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var plain = RmsPropRule.Apply<TSimd, TVector>(k, g, first, second);
        var velocity = TSimd.Fma(k.D, second, plain.Change);
        return new(velocity, plain.First, velocity);
    }
}
