using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class SoftmaxCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from shape in ((int M, int N)[])[(0, 10), (1, 1), (2, 31), (3, 32), (31, 33), (33, 10), (5, 257), (2, 784), (32, 10), (1000, 10)]
           from spread in (float[])[1, 1000]
           select Forward(shape.M, shape.N, spread),
        Forward(5, 33, 1, CaseInput.WithNaN),
    ];

    private static OperationCase Forward(int m, int n, float spread, CaseInput input = CaseInput.Floats) => new()
    {
        Operation = "softmax-forward",
        Parameters = [("m", m), ("n", n), ("spread", spread)],
        Input = input,
        Bytes = 8L * m * n,
        Timed = spread == 1 && m is 32 or 1000,
        Bind = memory =>
        {
            var a = memory.Input("a", memory.WithFlaw(memory.Random.Array(m * n, r => r.Between(-spread, spread))));
            var p = memory.Output("p", m * n);
            return new(Softmax.PrepareForward(memory.Accelerator, a, m, n, p),
                () => [Expectation.Of(p, Reference64.SoftmaxForward(a.ToDoubles(), m, n))]);
        },
    };
}
