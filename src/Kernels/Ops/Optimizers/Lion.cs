using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Lion (Chen et al., "Symbolic discovery of optimization algorithms", 2023, algorithm 2): d = sign(beta1 m + (1 - beta1) g), 0 where
/// that is 0, then m = beta2 m + (1 - beta2) g. The rate is a tenth of Adam's, as section 5 has it.
/// </summary>
public sealed class Lion : Optimizer
{
    private const string Beta1 = "beta1";
    private const string Beta2 = "beta2";

    /// <inheritdoc/>
    public override string Name => "lion";

    /// <inheritdoc/>
    public override float LearningRate => 1e-4f;

    /// <inheritdoc/>
    public override IReadOnlyList<OptimizerSetting> Settings { get; } = [new(Beta1, 0.9, 0.5), new(Beta2, 0.99, 0.75)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots(UpdateSettings settings) => ["mean"];

    internal override UpdateTruth Truth => LionTruth.Update;

    internal override UpdateRule Rule(UpdateSettings settings)
    {
        var (beta1, beta2) = (settings.Optimizer[Beta1], settings.Optimizer[Beta2]);
        return UpdateRule.Of<LionRule>(beta1, 1 - beta1, beta2, 1 - beta2);
    }
}

/// <summary>A is beta1 and B 1 - beta1, C is beta2 and D 1 - beta2.</summary>
internal readonly struct LionRule : IUpdateRule
{
    public static int Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UpdateNumbers<float> Begin(UpdateNumbers<float> constants, int update) => constants;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Updated<TVector> Apply<TSimd, TVector>(UpdateNumbers<TVector> k, TVector g, TVector first, TVector second)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        // NaN passes on: a sign would hide it.
        var c = TSimd.Fma(k.A, first, TSimd.Multiply(k.B, g));
        var size = TSimd.SelectGreater(TSimd.Abs(c), TSimd.Zero, TSimd.Broadcast(1f), TSimd.Zero);
        var sign = TSimd.SelectNumber(c, TSimd.CopySign(size, c), c);
        return new(sign, TSimd.Fma(k.C, first, TSimd.Multiply(k.D, g)), second);
    }
}
