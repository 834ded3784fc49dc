using System.Globalization;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>The optimizer, and the end of a step.</summary>
internal static class UpdateCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from count in (int[])[0, .. OperationCases.Sizes]
           from l2 in (float[])[0, 0.5f]
           from momentum in (float[])[0, 0.5f]
           select Sgd(count, momentum, l2, count * 2 / 3),
        Sgd(257, 0.5f, 0, 0, CaseInput.Integers),
        .. from momentum in (float[])[0, 0.5f]
           from scale in (float[])[1, 0.3f, 0]
           select Sgd(257, momentum, 0.5f, 200, scale: scale),
        Sgd(101_770, 0, 0, 0, timed: true),
        Sgd(101_770, 0.9f, 1e-4f, 101_632, timed: true),
        .. from m in OperationCases.Sizes
           select Tally(m, timed: m == 32),
        Tally(100_000),
        .. from kind in Enum.GetValues<TallyKind>()
           from variant in (string?[])[null, Ops.Tally.Grouped]
           select Tally(33, kind, variant: variant),
        .. from m in (int[])[1, 32, 513, 1500]
           select Tally(m, timed: m == 32, variant: Ops.Tally.Grouped),
        .. from shape in ((int M, int N)[])[(0, 10), (1, 10), (7, 33), (32, 10), (127, 1)]
           from afterStep in (int[])[CaseStep.GlobalStep, CaseStep.GlobalStep + 1]
           select SkipCorrect(shape.M, shape.N, afterStep),
    ];

    /// <summary>What a step is like that is tallied.</summary>
    private enum TallyKind
    {
        Taken,
        Skipped,
        BadLoss,
        NaNLoss,
        BadGradient,
    }

    /// <summary>A scale of 0 stands for a step that is not to be taken, null for a gradient whose norm nobody measured.</summary>
    private static OperationCase Sgd(int count, float momentum, float l2, int decayed, CaseInput input = CaseInput.Floats, float? scale = null,
        bool timed = false) => new()
        {
            Operation = "sgd",
            Parameters = [("count", count), ("momentum", momentum), ("l2", l2), ("decayed", decayed), ("scale", scale?.ToString(CultureInfo.InvariantCulture) ?? "none")],
            Input = input,
            Bytes = (momentum == 0 ? 12L : 20L) * count,
            Timed = timed,
            Bind = memory =>
            {
                var gradients = memory.Input("gradients", count);
                var velocity = momentum == 0 ? null : memory.Updated("velocity", count);
                var rates = memory.Input("rates", CaseStep.Rates);
                var cursor = memory.Input("cursor", CaseStep.Cursor);
                var parameters = memory.Updated("parameters", count);
                var control = scale is { } factor ? memory.Input("control", [3f, factor, factor == 0f ? 0f : 1f, 0f]) : null;
                return new(Ops.Sgd.Prepare(
                    memory.Accelerator, gradients, velocity?.View, rates, cursor, control?.View, momentum, l2, decayed, parameters), () =>
                {
                    var (updated, moved) = scale == 0f
                        ? (Bounded.Exact(parameters.ToDoubles()), velocity is null ? null : Bounded.Exact(velocity.ToDoubles()))
                        : Reference64.Sgd(parameters.ToDoubles(), gradients.ToDoubles(), velocity?.ToDoubles(), CaseStep.Rate, momentum, l2,
                            decayed, scale ?? 1);
                    return velocity is null || moved is null
                        ? [Expectation.Of(parameters, updated)]
                        : [Expectation.Of(parameters, updated), Expectation.Of(velocity, moved)];
                });
            },
        };

    private static OperationCase Tally(int m, TallyKind? kind = null, bool timed = false, string? variant = null) => new()
    {
        Operation = "tally",
        Variant = variant,
        Parameters = [("m", m), ("control", kind?.ToString() ?? "none")],
        Bytes = 8L * m,
        Timed = timed,
        Bind = memory =>
        {
            var values = memory.Random.Array(m, r => r.Between(0, 3));
            values[m / 2] = kind switch { TallyKind.BadLoss => float.PositiveInfinity, TallyKind.NaNLoss => float.NaN, _ => values[m / 2] };
            var losses = memory.Input("losses", values);
            var norm = kind == TallyKind.BadGradient ? float.NaN : 2f;
            var control = kind is null ? null : memory.Input("control", [norm, 1f, kind == TallyKind.Skipped ? 0f : 1f, 0f]);
            var correct = memory.Input("correct", memory.Random.Array(m, r => r.Below(2)));
            var totals = memory.Updated("totals", [1000f, 1e-5f]);
            var counts = memory.Updated("counts", [40, StepCounts.None, 3, 96, 11, 0, 0, 0]);
            var cursor = memory.Updated("cursor", CaseStep.Cursor);
            return new(Ops.Tally.Prepare(memory.Accelerator, losses, correct, m, control?.View, totals, counts, cursor, variant), () =>
            [
                Expectation.Of(totals, kind switch
                {
                    TallyKind.Skipped => Bounded.Exact(totals.ToDoubles()),
                    TallyKind.BadLoss or TallyKind.NaNLoss => Bounded.Exact([double.NaN, double.NaN]),
                    _ => Reference64.Tally(losses.ToDoubles(), totals.ToDoubles()),
                }),
                Expectation.Of(counts, kind == TallyKind.Skipped
                    ? [40, StepCounts.None, 4, 96 + m, 11, 0, 0, 0]
                    : [40 + correct.ToArray().Sum(), kind is not (null or TallyKind.Taken) ? CaseStep.Step : StepCounts.None, 3, 96, 11, 0, 0, 0]),
                Expectation.Of(cursor, [CaseStep.Step + 1, CaseStep.Sample + m, CaseStep.GlobalStep + 1, 0]),
            ]);
        },
    };

    private static OperationCase SkipCorrect(int m, int n, int afterStep) => new()
    {
        Operation = "skip-correct",
        Parameters = [("m", m), ("n", n), ("after-step", afterStep)],
        Bytes = 4L * m * (n + 1),
        Timed = m == 32 && afterStep == CaseStep.GlobalStep,
        Bind = memory =>
        {
            var correct = memory.Input("correct", memory.Random.Array(m, r => r.Below(2)));
            var cursor = memory.Input("cursor", CaseStep.Cursor);
            var gradient = memory.Updated("gradient", m * n);
            return new(Ops.SkipCorrect.Prepare(memory.Accelerator, correct, cursor, afterStep, m, n, gradient), () =>
            [
                Expectation.Of(gradient,
                    Reference64.SkipCorrect(gradient.ToDoubles(), correct.ToArray(), CaseStep.GlobalStep >= afterStep, m, n)),
            ]);
        },
    };
}
