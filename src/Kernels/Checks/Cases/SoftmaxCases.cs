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
        .. from shape in ((int M, int N)[])[(0, 10), (1, 1), (2, 31), (31, 33), (5, 257), (32, 10)]
           select Backward(shape.M, shape.N, CaseInput.Floats, inPlace: false),
        Backward(33, 10, CaseInput.Floats, inPlace: true),
        Backward(5, 33, CaseInput.WithNaN, inPlace: false),
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

    private static OperationCase Backward(int m, int n, CaseInput input, bool inPlace) => new()
    {
        Operation = "softmax-backward",
        Parameters = [("m", m), ("n", n), .. inPlace ? [("in-place", true)] : Array.Empty<(string, object)>()],
        Input = input,
        Bytes = 12L * m * n,
        Timed = m == 32,
        Bind = memory =>
        {
            var logits = memory.Random.Array(m * n, r => (double)r.Between(-3, 3));
            var p = memory.Input("p", [.. Reference64.SoftmaxForward(logits, m, n).Values.Select(value => (float)value)]);
            var dp = inPlace ? memory.Updated("dp", m * n) : memory.Input("dp", m * n);
            var da = inPlace ? dp : memory.Output("da", m * n);
            return new(Softmax.PrepareBackward(memory.Accelerator, p, dp, m, n, da),
                () => [Expectation.Of(da, Reference64.SoftmaxBackward(p.ToDoubles(), dp.ToDoubles(), m, n))]);
        },
    };
}
