using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class ColumnSumCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from size in OperationCases.Sizes
           from shape in new (int M, int N)[] { (size, 10), (5, size), (size, 33) }
           from input in OperationCases.Numbers
           from declaration in new[] { Sum(shape.M, shape.N, input), Update(shape.M, shape.N, input) }
           select declaration,
        Sum(0, 10, CaseInput.Floats),
        Sum(32, 128, CaseInput.Floats, timed: true),
        Update(32, 128, CaseInput.Floats, timed: true),
        Update(64, 1024, CaseInput.Floats, timed: true),
    ];

    private static OperationCase Sum(int m, int n, CaseInput input, bool timed = false) => new()
    {
        Operation = "column-sum",
        Parameters = [("m", m), ("n", n)],
        Input = input,
        Bytes = 4L * ((m * n) + n),
        Timed = timed,
        Bind = memory =>
        {
            var dy = memory.Input("dy", m * n);
            var sums = memory.Output("sums", n);
            return new(ColumnSum.Prepare(memory.Accelerator, dy, m, n, sums),
                () => [Expectation.Of(sums, Reference64.ColumnSum(dy.ToDoubles(), m, n))]);
        },
    };

    private static OperationCase Update(int m, int n, CaseInput input, bool timed = false) => new()
    {
        Operation = "column-sum-update",
        Parameters = [("m", m), ("n", n)],
        Input = input,
        Bytes = 4L * ((m * n) + (2 * n)),
        Timed = timed,
        Bind = memory =>
        {
            var dy = memory.Input("dy", m * n);
            var rates = memory.Input("rates", CaseStep.Rates);
            var cursor = memory.Input("cursor", CaseStep.Cursor);
            var bias = memory.Updated("bias", n);
            return new(ColumnSum.PrepareUpdate(memory.Accelerator, dy, rates, cursor, m, n, bias),
                () => [Expectation.Of(bias, Reference64.ColumnSumUpdate(dy.ToDoubles(), CaseStep.Rate, bias.ToDoubles(), m, n))]);
        },
    };
}
