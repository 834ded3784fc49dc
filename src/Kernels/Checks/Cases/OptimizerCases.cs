using System.Globalization;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>The optimizers: each at its defaults, with momentum where it has one, and with other settings.</summary>
internal static class OptimizerCases
{
    private const float Momentum = 0.5f;
    private const float L2 = 0.5f;
    private const float Decay = 0.25f;
    private const float Clip = 0.125f;

    /// <summary>The parameters of network C, and how many of them are weights.</summary>
    private const int Large = 101_770;
    private const int LargeWeights = 101_632;

    internal static IEnumerable<OperationCase> All => Optimizers.All.SelectMany(Of);

    private static IEnumerable<OperationCase> Of(Optimizer optimizer)
    {
        var plain = new UpdateSettings(new OptimizerChoice(optimizer));
        UpdateSettings[] kinds = optimizer.TakesMomentum ? [plain, plain with { Momentum = Momentum }] : [plain];
        var other = kinds[^1] with
        {
            Optimizer = optimizer.Settings.Aggregate(plain.Optimizer, (choice, setting) => choice.With(setting.Name, setting.Trial)),
        };
        return
        [
            .. from count in (int[])[0, .. OperationCases.Sizes]
               from l2 in (float[])[0, L2]
               from kind in kinds
               select Declare(kind with { L2 = l2 }, count, count * 2 / 3),
            .. from kind in kinds
               from scale in (float[])[1, 0.3f, 0]
               select Declare(kind with { L2 = L2 }, 257, 200, scale: scale),
            .. from l2 in (float[])[0, L2]
               from kind in kinds
               select Declare(kind with { L2 = l2, WeightDecay = Decay }, 257, 200),
            .. from scale in (float[])[1, 0.3f]
               select Declare(kinds[^1] with { L2 = L2, ClipValue = Clip }, 257, 200, scale: scale),
            .. optimizer.Settings.Count == 0 ? (OperationCase[])[] : [Declare(other, 257, 0), Declare(other, 257, 0, update: 5000)],
            .. optimizer is Sgd ? (OperationCase[])[Declare(kinds[1], 257, 0, input: CaseInput.Integers)] : [],
            .. from kind in kinds
               select Declare(kind with { WeightDecay = optimizer.WeightDecay }, Large, LargeWeights, timed: true),
        ];
    }

    /// <summary>A scale of 0 stands for a step that is not to be taken, null for a gradient whose norm nobody measured.</summary>
    private static OperationCase Declare(UpdateSettings settings, int count, int decayed, CaseInput input = CaseInput.Floats,
        float? scale = null, int update = CaseStep.Updates + 1, bool timed = false)
    {
        var optimizer = settings.Optimizer.Optimizer;
        return new()
        {
            Operation = optimizer.Name,
            Parameters =
            [
                ("count", count), .. optimizer.Settings.Select(setting => (setting.Name, (object)settings.Optimizer[setting.Name])),
                ("momentum", settings.Momentum), ("l2", settings.L2), ("decay", settings.WeightDecay), ("decayed", decayed), ("update", update),
                .. settings.ClipValue < float.PositiveInfinity ? ((string, object)[])[("clip", settings.ClipValue)] : [],
                ("scale", scale?.ToString(CultureInfo.InvariantCulture) ?? "none"),
            ],
            Input = input,
            Bytes = (12L + (8 * settings.Slots.Count)) * count,
            Timed = timed,
            Bind = memory => Bind(memory, settings, count, decayed, scale, update),
        };
    }

    private static CaseBinding Bind(CaseMemory memory, UpdateSettings settings, int count, int decayed, float? scale, int update)
    {
        var gradients = memory.Input("gradients", count);
        var slots = settings.Slots.Select(slot => memory.Updated(slot, State(memory, settings, slot, count))).ToArray();
        var parameters = memory.Updated("parameters", count);
        var launch = ParameterUpdate.Prepare(memory.Accelerator, settings, new UpdateMemory
        {
            Gradients = gradients,
            Slots = [.. slots.Select(slot => slot.View)],
            Rates = memory.Input("rates", CaseStep.Rates),
            Cursor = memory.Input("cursor", [.. CaseStep.Cursor[..StepCursor.Updates], update - 1, .. CaseStep.Cursor[StepCursor.Epoch..]]),
            Control = scale is { } factor ? memory.Input("control", [3f, factor, factor == 0f ? 0f : 1f, 0f]).View : null,
            Decayed = decayed,
            Parameters = parameters,
        });
        return new(launch, () =>
        {
            var (before, state) = (parameters.ToDoubles(), slots.Select(slot => slot.ToDoubles()).ToArray());
            var (updated, after) = scale == 0f
                ? (Bounded.Exact(before), state.Select(Bounded.Exact).ToArray())
                : Reference64.Update(settings, before, gradients.ToDoubles(), state, CaseStep.Rate, decayed, update, scale ?? 1);
            return [Expectation.Of(parameters, updated), .. slots.Zip(after, Expectation.Of)];
        });
    }

    /// <summary>A slot of state as it may have become.</summary>
    internal static float[] State(CaseMemory memory, UpdateSettings settings, string slot, int count)
    {
        var values = memory.Values(count);
        return settings.Optimizer.Optimizer.IsPositive(slot) ? [.. values.Select(MathF.Abs)] : values;
    }
}
