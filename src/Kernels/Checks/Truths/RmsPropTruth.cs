using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>See <see cref="RmsProp"/>.</summary>
internal static class RmsPropTruth
{
    internal static TrackedUpdate Update(UpdateSettings settings, int update, Tracked g, IReadOnlyList<Tracked> state)
    {
        var alpha = settings.Optimizer["alpha"];
        var square = (Tracked.Rounded(alpha) * state[0]) + (Tracked.Rounded(1 - alpha) * g * g);
        var change = g / (Tracked.Sqrt(square) + Tracked.Rounded(settings.Optimizer["eps"]));
        if (settings.Momentum == 0)
        {
            return new(change, square);
        }

        var velocity = (settings.Momentum * state[1]) + change;
        return new(velocity, square, velocity);
    }
}
