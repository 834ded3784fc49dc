using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>The end of a step.</summary>
internal static class UpdateCases
{
    internal static IEnumerable<OperationCase> All =>
    [
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
                Expectation.Of(cursor, [CaseStep.Step + 1, CaseStep.Sample + m, CaseStep.GlobalStep + 1, CaseStep.Updates + (kind == TallyKind.Skipped ? 0 : 1), CaseStep.Epoch, CaseStep.Row]),
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
