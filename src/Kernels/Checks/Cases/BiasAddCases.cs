using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class BiasAddCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from size in OperationCases.Sizes
           from shape in new (int M, int N)[] { (size, 10), (5, size) }
           from input in OperationCases.Numbers
           select Add(shape.M, shape.N, input),
        Add(0, 10, CaseInput.Floats),
        Add(9, 33, CaseInput.WithNaN),
        Add(32, 128, CaseInput.Floats, timed: true),
        InPlace(7, 33),
    ];

    private static OperationCase Add(int m, int n, CaseInput input, bool timed = false) => new()
    {
        Operation = "bias-add",
        Parameters = [("m", m), ("n", n)],
        Input = input,
        Bytes = 4L * ((2 * m * n) + n),
        Timed = timed,
        Bind = memory =>
        {
            var a = memory.Input("a", m * n);
            var bias = memory.Input("bias", n);
            var y = memory.Output("y", m * n);
            return new(BiasAdd.Prepare(memory.Accelerator, a, bias, m, n, y),
                () => [Expectation.Of(y, Reference64.BiasAdd(a.ToDoubles(), bias.ToDoubles(), m, n))]);
        },
    };

    private static OperationCase InPlace(int m, int n) => new()
    {
        Operation = "bias-add",
        Parameters = [("m", m), ("n", n), ("in-place", true)],
        Bytes = 4L * ((2 * m * n) + n),
        Bind = memory =>
        {
            var a = memory.Updated("a", m * n);
            var bias = memory.Input("bias", n);
            return new(BiasAdd.Prepare(memory.Accelerator, a, bias, m, n, a),
                () => [Expectation.Of(a, Reference64.BiasAdd(a.ToDoubles(), bias.ToDoubles(), m, n))]);
        },
    };
}
