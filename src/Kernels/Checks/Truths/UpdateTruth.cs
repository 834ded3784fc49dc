using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>An optimizer's rule in float64, with the errors that float32 may make.</summary>
/// <param name="settings">What the optimizer is told.</param>
/// <param name="update">Which update it is, from 1.</param>
/// <param name="g">The gradient, L2 in it.</param>
/// <param name="state">A number for each slot.</param>
internal delegate TrackedUpdate UpdateTruth(UpdateSettings settings, int update, Tracked g, IReadOnlyList<Tracked> state);

/// <summary>What a rule makes of one parameter.</summary>
/// <param name="Change">d of w -= rate d.</param>
/// <param name="State">The slots after it.</param>
internal sealed record TrackedUpdate(Tracked Change, params Tracked[] State);
