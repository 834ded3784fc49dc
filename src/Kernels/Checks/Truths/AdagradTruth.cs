using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>See <see cref="Adagrad"/>.</summary>
internal static class AdagradTruth
{
    internal static TrackedUpdate Update(UpdateSettings settings, int update, Tracked g, IReadOnlyList<Tracked> state)
    {
        var sum = state[0] + (g * g);
        return new(g / (Tracked.Sqrt(sum) + Tracked.Rounded(settings.Optimizer["eps"])), sum);
    }
}
