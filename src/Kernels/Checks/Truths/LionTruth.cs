using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>See <see cref="Lion"/>. Where rounding decides on the sign, either is right.</summary>
internal static class LionTruth
{
    internal static TrackedUpdate Update(UpdateSettings settings, int update, Tracked g, IReadOnlyList<Tracked> state)
    {
        var (beta1, beta2) = (settings.Optimizer["beta1"], settings.Optimizer["beta2"]);
        var c = (Tracked.Rounded(beta1) * state[0]) + (Tracked.Rounded(1 - beta1) * g);
        var sign = Math.Abs(c.Value) > c.Error || c.Value == 0 ? Math.Sign(c.Value) : new Tracked(Math.Sign(c.Value), 2);
        return new(sign, (Tracked.Rounded(beta2) * state[0]) + (Tracked.Rounded(1 - beta2) * g));
    }
}
