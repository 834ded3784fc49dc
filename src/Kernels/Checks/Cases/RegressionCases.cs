using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class RegressionCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from kind in Enum.GetValues<RegressionKind>()
           from shape in ((int M, int N)[])[(0, 3), (1, 1), (33, 1), (2, 2), (5, 31), (7, 32), (3, 33), (4, 257)]
           from gradient in (bool[])[true, false]
           select Declare(kind, shape.M, shape.N, gradient),
        .. from kind in Enum.GetValues<RegressionKind>()
           from n in (int[])[1, 33]
           select Declare(kind, 5, n, gradient: true, CaseInput.WithNaN),
        .. from kind in Enum.GetValues<RegressionKind>()
           select Declare(kind, 128, 1, gradient: true, timed: true),
    ];

    private static OperationCase Declare(RegressionKind kind, int m, int n, bool gradient, CaseInput input = CaseInput.Floats, bool timed = false) => new()
    {
        Operation = $"{kind}-error".ToLowerInvariant(),
        Parameters = [("m", m), ("n", n), ("gradient", gradient)],
        Input = input,
        Bytes = 4L * ((m * n * (gradient ? 3 : 2)) + (2 * m)),
        Timed = timed,
        Bind = memory =>
        {
            // Some are met exactly; the others lie within 1 and beyond.
            var goals = memory.Random.Array(m * n, r => r.Between(-2, 2));
            var answers = memory.Random.Array(m * n, r => r.Below(4) == 0 ? float.NaN : r.Between(-2, 2));
            var targets = memory.Input("targets", goals);
            var outputs = memory.Input("outputs", memory.WithFlaw([.. answers.Zip(goals, (answer, goal) => float.IsNaN(answer) ? goal : answer)]));
            var (losses, correct) = (memory.Output("losses", m), memory.Output<int>("correct", m));
            var dy = gradient ? memory.Output("gradient", m * n) : null;
            return new(RegressionLoss.Prepare(memory.Accelerator, kind, new(outputs, targets, m, n, losses, correct, dy?.View)), () =>
            {
                var expected = Reference64.Regression(kind, outputs.ToDoubles(), targets.ToDoubles(), m, n);
                return
                [
                    Expectation.Of(losses, expected.Losses),
                    Expectation.Of(correct, new int[m]),
                    .. dy is null ? Array.Empty<Expectation>() : [Expectation.Of(dy, expected.Gradient)],
                ];
            });
        },
    };
}
