using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>See <see cref="Adam"/>.</summary>
internal static class AdamTruth
{
    internal static TrackedUpdate Update(UpdateSettings settings, int update, Tracked g, IReadOnlyList<Tracked> state)
    {
        var (beta1, beta2) = (settings.Optimizer["beta1"], settings.Optimizer["beta2"]);
        var mean = (Tracked.Rounded(beta1) * state[0]) + (Tracked.Rounded(1 - beta1) * g);
        var square = (Tracked.Rounded(beta2) * state[1]) + (Tracked.Rounded(1 - beta2) * g * g);
        var size = (Tracked.Sqrt(square) / Tracked.Sqrt(Correction(beta2, update))) + Tracked.Rounded(settings.Optimizer["eps"]);
        return new(mean / Correction(beta1, update) / size, mean, square);
    }

    /// <summary>1 - beta^t: the logarithm and its product with t are rounded, which changes the result by no larger a share.</summary>
    private static Tracked Correction(double beta, int update)
    {
        var value = 1 - Math.Pow(beta, update);
        return new(value, (Reference64.MathError + (2 * Reference64.Rounding)) * value);
    }
}
