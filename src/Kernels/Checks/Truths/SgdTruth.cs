using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>See <see cref="Sgd"/>.</summary>
internal static class SgdTruth
{
    internal static TrackedUpdate Update(UpdateSettings settings, int update, Tracked g, IReadOnlyList<Tracked> state)
    {
        if (settings.Momentum == 0)
        {
            return new(g);
        }

        var velocity = (settings.Momentum * state[0]) + g;
        return new(settings.Optimizer["nesterov"] == 1 ? g + (settings.Momentum * velocity) : velocity, velocity);
    }
}
