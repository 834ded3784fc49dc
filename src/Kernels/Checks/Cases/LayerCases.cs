using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>Gradients and updates of a layer's weights and biases together.</summary>
internal static class LayerCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from shape in new (int, int, int)[] { (1, 1, 1), (31, 33, 10), (5, 127, 33), (257, 7, 31), (33, 10, 257) }
           from input in OperationCases.Numbers
           from declaration in new[] { Gradient(shape, null, input), Update(shape, null, input) }
           select declaration,
        .. from variant in new[] { MatMul.Register128, MatMul.Register32, MatMul.SplitK }
           from shape in variant == MatMul.Register128 ? new[] { (130, 17, 257), (132, 20, 260) } : [(33, 31, 5), (8, 36, 36)]
           from input in OperationCases.Numbers
           select Update(shape, variant, input),
        .. from variant in new[] { MatMul.Register128, MatMul.Register32, MatMul.SplitK }
           from input in OperationCases.Numbers
           select Gradient(variant == MatMul.Register32 ? (33, 31, 5) : (8, 36, 36), variant, input),
        .. from shape in new (int, int, int)[] { (32, 784, 128), (32, 128, 10) }
           from declaration in new[] { Gradient(shape, null, CaseInput.Floats, timed: true), Update(shape, null, CaseInput.Floats, timed: true) }
           select declaration,
    ];

    internal static OperationCase Gradient((int M, int K, int N) shape, string? variant, CaseInput input, bool timed = false)
    {
        var (m, k, n) = shape;
        return MatMulCases.Declare("layer-gradient", shape, variant, input, timed, memory =>
        {
            var x = memory.Input("x", m * k);
            var dy = memory.Input("dy", m * n);
            var dw = memory.Output("dw", k * n);
            var db = memory.Output("db", n);
            return new(MatMul.PrepareLayerGradient(memory.Accelerator, x, dy, m, k, n, dw, db, variant), () =>
            [
                Expectation.Of(dw, Reference64.MatMulWeightGradient(x.ToDoubles(), dy.ToDoubles(), m, k, n)),
                Expectation.Of(db, Reference64.ColumnSum(dy.ToDoubles(), m, n)),
            ]);
        }, moreFlops: (long)m * n, moreBytes: 4L * n);
    }

    internal static OperationCase Update((int M, int K, int N) shape, string? variant, CaseInput input, bool timed = false)
    {
        var (m, k, n) = shape;
        return MatMulCases.Declare("layer-update", shape, variant, input, timed, memory =>
        {
            var x = memory.Input("x", m * k);
            var dy = memory.Input("dy", m * n);
            var rates = memory.Input("rates", CaseStep.Rates);
            var cursor = memory.Input("cursor", CaseStep.Cursor);
            var w = memory.Updated("w", k * n);
            var bias = memory.Updated("bias", n);
            return new(MatMul.PrepareLayerUpdate(memory.Accelerator, x, dy, rates, cursor, m, k, n, w, bias, variant), () =>
            [
                Expectation.Of(w, Reference64.MatMulWeightUpdate(x.ToDoubles(), dy.ToDoubles(), CaseStep.Rate, w.ToDoubles(), m, k, n)),
                Expectation.Of(bias, Reference64.ColumnSumUpdate(dy.ToDoubles(), CaseStep.Rate, bias.ToDoubles(), m, n)),
            ]);
        }, moreFlops: (long)m * n, moreBytes: 4L * (k + 2) * n);
    }
}
