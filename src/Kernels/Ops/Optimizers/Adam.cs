using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2015) as PyTorch has it: m = beta1 m + (1 - beta1) g,
/// s = beta2 s + (1 - beta2) g^2, d = (m / (1 - beta1^t)) / (sqrt(s) / sqrt(1 - beta2^t) + eps) in the t-th update.
/// </summary>
public class Adam : Optimizer
{
    private const string Beta1 = "beta1";
    private const string Beta2 = "beta2";
    private const string Epsilon = "eps";
    private const string Mean = "mean";
    private const string Square = "square";

    /// <inheritdoc/>
    public override string Name => "adam";

    /// <inheritdoc/>
    public override float LearningRate => 0.001f;

    /// <inheritdoc/>
    public override IReadOnlyList<OptimizerSetting> Settings { get; } =
        [new(Beta1, 0.9, 0.5), new(Beta2, 0.999, 0.75), new(Epsilon, 1e-8, 0.01)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots(UpdateSettings settings) => [Mean, Square];

    /// <inheritdoc/>
    public override bool IsPositive(string slot) => slot == Square;

    internal override UpdateTruth Truth => AdamTruth.Update;

    internal override UpdateRule Rule(UpdateSettings settings)
    {
        var (beta1, beta2) = (settings.Optimizer[Beta1], settings.Optimizer[Beta2]);
        return UpdateRule.Of<AdamRule>(beta1, 1 - beta1, beta2, 1 - beta2, settings.Optimizer[Epsilon], Math.Log(beta1), Math.Log(beta2));
    }
}

/// <summary>
/// A is beta1 and B 1 - beta1, C is beta2 and D 1 - beta2, E is eps, F and G are the logarithms of the betas, then the reciprocals of
/// 1 - beta1^t and of the root of 1 - beta2^t, taken so that nothing cancels where t is small.
/// </summary>
internal readonly struct AdamRule : IUpdateRule
{
    public static int Slots => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UpdateNumbers<float> Begin(UpdateNumbers<float> constants, int update)
    {
        var mean = -KernelMath.Expm1(update * constants.F);
        var square = -KernelMath.Expm1(update * constants.G);
        return new(constants.A, constants.B, constants.C, constants.D, constants.E, 1f / mean, 1f / KernelMath.Sqrt(square));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Updated<TVector> Apply<TSimd, TVector>(UpdateNumbers<TVector> k, TVector g, TVector first, TVector second)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var mean = TSimd.Fma(k.A, first, TSimd.Multiply(k.B, g));
        var square = TSimd.Fma(k.C, second, TSimd.Multiply(TSimd.Multiply(k.D, g), g));
        var size = TSimd.Fma(TSimd.Sqrt(square), k.G, k.E);
        return new(TSimd.Divide(TSimd.Multiply(mean, k.F), size), mean, square);
    }
}
