using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Adagrad (Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization", 2011) as PyTorch has
/// it, without decay of the rate: s = s + g^2, d = g / (sqrt(s) + eps).
/// </summary>
public sealed class Adagrad : Optimizer
{
    private const string Epsilon = "eps";
    private const string Sum = "sum";

    /// <inheritdoc/>
    public override string Name => "adagrad";

    /// <inheritdoc/>
    public override float LearningRate => 0.01f;

    /// <inheritdoc/>
    public override IReadOnlyList<OptimizerSetting> Settings { get; } = [new(Epsilon, 1e-10, 0.01)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots(UpdateSettings settings) => [Sum];

    /// <inheritdoc/>
    public override bool IsPositive(string slot) => slot == Sum;

    internal override UpdateTruth Truth => AdagradTruth.Update;

    internal override UpdateRule Rule(UpdateSettings settings) => UpdateRule.Of<AdagradRule>(settings.Optimizer[Epsilon]);
}

/// <summary>A is eps.</summary>
internal readonly struct AdagradRule : IUpdateRule
{
    public static int Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UpdateNumbers<float> Begin(UpdateNumbers<float> constants, int update) => constants;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Updated<TVector> Apply<TSimd, TVector>(UpdateNumbers<TVector> k, TVector g, TVector first, TVector second)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var sum = TSimd.Fma(g, g, first);
        return new(TSimd.Divide(g, TSimd.Add(TSimd.Sqrt(sum), k.A)), sum, second);
    }
}
