using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class WeightedCrossEntropyCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from shape in ((int M, int N)[])[(0, 10), (1, 1), (1, 10), (2, 2), (5, 31), (7, 32), (3, 33), (127, 10), (4, 257)]
           from smoothing in (float[])[0, 0.1f]
           from gradient in (bool[])[true, false]
           select Declare(shape.M, shape.N, smoothing, gradient),
        Declare(7, 10, 1, gradient: true),
        Declare(7, 10, 0.1f, gradient: true, spread: 100),
        Declare(5, 33, 0.1f, gradient: true, input: CaseInput.WithNaN),
        Declare(128, 10, 0.1f, gradient: true, timed: true),
    ];

    private static OperationCase Declare(int m, int n, float smoothing, bool gradient, float spread = 1, CaseInput input = CaseInput.Floats,
        bool timed = false) => new()
        {
            Operation = "weighted-cross-entropy",
            Parameters = [("m", m), ("n", n), ("smoothing", smoothing), ("gradient", gradient), ("spread", spread)],
            Input = input,
            Bytes = 4L * ((m * n * (gradient ? 2 : 1)) + (3 * m) + n),
            Timed = timed,
            Bind = memory =>
            {
                var logits = memory.Input("logits", memory.WithFlaw(memory.Random.Array(m * n, r => r.Between(-spread, spread))));
                var labels = memory.Input("labels", memory.Random.Array(m, r => r.Below(n)));
                var weights = memory.Input("weights", memory.Random.Array(n, r => r.Between(0.1f, 3)));
                var (losses, correct) = (memory.Output("losses", m), memory.Output<int>("correct", m));
                var da = gradient ? memory.Output("gradient", m * n) : null;
                return new(WeightedCrossEntropy.Prepare(memory.Accelerator, new(logits, labels, m, n, losses, correct, da?.View), weights, smoothing), () =>
                {
                    var expected = Reference64.WeightedCrossEntropy(logits.ToDoubles(), labels.ToArray(), m, n, weights.ToDoubles(), smoothing);
                    return
                    [
                        Expectation.Of(losses, expected.Losses),
                        Expectation.Of(correct, expected.Correct),
                        .. da is null ? Array.Empty<Expectation>() : [Expectation.Of(da, expected.Gradient)],
                    ];
                });
            },
        };
}
