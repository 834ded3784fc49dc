using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Stochastic gradient descent as PyTorch has it: v = momentum v + g, d = v; with Nesterov's momentum d = g + momentum v (Sutskever,
/// Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning", 2013). Without momentum d = g.
/// </summary>
public sealed class Sgd : Optimizer
{
    private const string Nesterov = "nesterov";

    /// <inheritdoc/>
    public override string Name => "sgd";

    /// <inheritdoc/>
    public override float LearningRate => 0.1f;

    /// <inheritdoc/>
    public override bool TakesMomentum => true;

    /// <inheritdoc/>
    public override IReadOnlyList<OptimizerSetting> Settings { get; } = [OptimizerSetting.Switch(Nesterov)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots(UpdateSettings settings) => settings.Momentum == 0 ? [] : ["velocity"];

    /// <inheritdoc/>
    public override string? Objection(UpdateSettings settings) => settings.Momentum == 0 && settings.Optimizer[Nesterov] == 1
        ? "sgd:nesterov needs a momentum, it is 0: give one such as 0.9, or leave nesterov out."
        : null;

    internal override UpdateTruth Truth => SgdTruth.Update;

    internal override UpdateRule Rule(UpdateSettings settings) => settings.Momentum == 0 ? UpdateRule.Of<SgdRule>()
        : settings.Optimizer[Nesterov] == 1 ? UpdateRule.Of<SgdNesterovRule>(settings.Momentum)
        : UpdateRule.Of<SgdMomentumRule>(settings.Momentum);
}

/// <summary>d = g.</summary>
internal readonly struct SgdRule : IUpdateRule
{
    public static int Slots => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UpdateNumbers<float> Begin(UpdateNumbers<float> constants, int update) => constants;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Updated<TVector> Apply<TSimd, TVector>(UpdateNumbers<TVector> k, TVector g, TVector first, TVector second)
        where TSimd : struct, ISimd<TVector> where TVector : struct => new(g, first, second);
}

/// <summary>The state is the velocity, A the momentum.</summary>
internal readonly struct SgdMomentumRule : IUpdateRule
{
    public static int Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UpdateNumbers<float> Begin(UpdateNumbers<float> constants, int update) => constants;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Updated<TVector> Apply<TSimd, TVector>(UpdateNumbers<TVector> k, TVector g, TVector first, TVector second)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var velocity = TSimd.Fma(k.A, first, g);
        return new(velocity, velocity, second);
    }
}

/// <summary>The same, looking a step ahead.</summary>
internal readonly struct SgdNesterovRule : IUpdateRule
{
    public static int Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UpdateNumbers<float> Begin(UpdateNumbers<float> constants, int update) => constants;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Updated<TVector> Apply<TSimd, TVector>(UpdateNumbers<TVector> k, TVector g, TVector first, TVector second)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var velocity = TSimd.Fma(k.A, first, g);
        return new(TSimd.Fma(k.A, velocity, g), velocity, second);
    }
}
