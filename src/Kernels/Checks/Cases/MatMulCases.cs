using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class MatMulCases
{
    private delegate OperationCase Declaration((int M, int K, int N) shape, string? variant, CaseInput input, bool timed);

    /// <summary>The products without settings of their own.</summary>
    private static readonly Declaration[] _products =
    [
        (shape, variant, input, timed) => Forward(shape, variant, input, timed, bias: true, Activation.Identity),
        (shape, variant, input, timed) => InputGradient(shape, variant, input, timed, Activation.Identity),
        WeightGradient,
        WeightUpdate,
    ];

    internal static IEnumerable<OperationCase> All =>
    [
        .. from declare in _products
           from variant in new[] { MatMul.Direct, MatMul.Packed }
           from size in OperationCases.Sizes
           from shape in new (int, int, int)[] { (size, 33, 10), (5, size, 33), (31, 10, size), (33, size, 31) }
           select declare(shape, variant, CaseInput.Integers, false),
        .. from declare in _products
           from variant in new[] { MatMul.Direct, MatMul.Packed }
           from shape in new (int, int, int)[] { (1, 1, 1), (13, 127, 31), (300, 40, 10), (7, 600, 70), (40, 24, 600), (71, 127, 131) }
           select declare(shape, variant, CaseInput.Floats, false),

        // More panels than the processor works on at once, sums of more than one block, and rows of tiles that ask for the next.
        .. from declare in _products
           from shape in new (int, int, int)[] { (256, 400, 550), (801, 110, 550) }
           select declare(shape, MatMul.Packed, CaseInput.Floats, false),
        .. from declare in _products
           from shape in new (int, int, int)[] { (1, 2, 3), (8, 8, 8), (9, 17, 10) }
           select declare(shape, MatMul.Tiled, CaseInput.Integers, false),
        .. from activation in Activations.All
           from variant in new[] { MatMul.Direct, MatMul.Packed }
           from declaration in new[]
           {
               Forward((9, 10, 33), variant, CaseInput.Floats, false, bias: true, activation, keeps: Activations.KeepsSum(activation)),
               InputGradient((9, 33, 10), variant, CaseInput.Floats, false, activation),
           }
           where activation != Activation.Identity
           select declaration,
        .. from activation in Activations.All.Where(Activations.KeepsSum)
           from variant in (string?[])[null, MatMul.Plain]
           select Forward((9, 10, 33), variant, CaseInput.Floats, false, bias: true, activation, keeps: true),
        .. TileCases,
        .. NaNCases,
        Forward((9, 10, 8), MatMul.Tiled, CaseInput.Floats, false, bias: true, Activation.Tanh),
        InputGradient((9, 8, 10), MatMul.Tiled, CaseInput.Floats, false, Activation.Tanh),
        Forward((9, 10, 33), null, CaseInput.Floats, false, bias: false, Activation.Identity),
        Forward((9, 10, 33), null, CaseInput.Floats, false, bias: false, Activation.Relu),
        .. from declare in _products
           from shape in new (int, int, int)[] { (32, 784, 128), (32, 128, 10), (50, 784, 30), (128, 500, 10), (32, 128, 64) }
           select declare(shape, null, CaseInput.Floats, true),
    ];

    /// <summary>
    /// Tiles of registers and shared memory, with rows that may be loaded by four and with others: at most fifty programs to compile, since
    /// each choice of constants is one.
    /// </summary>
    private static IEnumerable<OperationCase> TileCases
    {
        get
        {
            var (odd, even) = (new[] { (33, 31, 5), (1, 1, 1), (130, 17, 257) }, new[] { (8, 36, 36), (132, 20, 260) });
            var (forward, inputGradient, weightGradient, weightUpdate) = (_products[0], _products[1], _products[2], _products[3]);
            var declared = new (string Variant, Declaration Product, (int, int, int)[][] Shapes)[]
            {
                (MatMul.Register128, forward, [odd, even]), (MatMul.Register128, inputGradient, [odd, even]),
                (MatMul.Register128, weightGradient, [even]), (MatMul.Register128, weightUpdate, [odd, even]),
                (MatMul.Register64, forward, [even]), (MatMul.Register64, inputGradient, [odd]),
                (MatMul.Register64, weightGradient, [odd]), (MatMul.Register64, weightUpdate, [even]),
                (MatMul.Register64Dense, forward, [even]), (MatMul.Register64Dense, inputGradient, [odd]),
                (MatMul.Register64Dense, weightGradient, [odd]), (MatMul.Register64Dense, weightUpdate, [even]),
                (MatMul.Register32, forward, [odd, even]), (MatMul.Register32, inputGradient, [even]),
                (MatMul.Register32, weightGradient, [odd]), (MatMul.Register32, weightUpdate, [odd, even]),
                (MatMul.SplitGroup, forward, [odd, even]), (MatMul.SplitGroup, inputGradient, [odd, even]),
                (MatMul.SplitK, forward, [even]), (MatMul.SplitK, inputGradient, [odd]),
                (MatMul.SplitK, weightGradient, [odd, even]), (MatMul.SplitK, weightUpdate, [odd, even]),
            };
            return
            [
                .. from row in declared
                   from shapes in row.Shapes
                   from shape in Lanes(row.Variant) > 64 ? shapes : shapes[..^1]
                   from input in OperationCases.Numbers
                   select row.Product(shape, row.Variant, input, false),
                Forward((5, 260, 12), MatMul.SplitGroup, CaseInput.Floats, false, bias: true, Activation.Identity),
                Forward((9, 200, 10), MatMul.SplitK, CaseInput.Floats, false, bias: false, Activation.Relu),
                Forward((9, 12, 36), MatMul.Register32, CaseInput.Floats, false, bias: true, Activation.Tanh),
                Forward((9, 12, 36), MatMul.Register128, CaseInput.Floats, false, bias: false, Activation.Relu),
                InputGradient((9, 12, 36), MatMul.Register32, CaseInput.Floats, false, Activation.Tanh),
            ];
        }
    }

    /// <summary>What the activations of each variant, the device's own choice among them, make of NaN.</summary>
    private static IEnumerable<OperationCase> NaNCases =>
        from activation in Activations.All
        from variant in (string?[])[null, MatMul.Register32]
        from declaration in new[]
        {
            Forward((9, 12, 36), variant, CaseInput.WithNaN, false, bias: true, activation),
            InputGradient((9, 12, 36), variant, CaseInput.WithNaN, false, activation),
        }
        select declaration;

    /// <summary>The layers of a deep network, and a square product such as libraries are compared by.</summary>
    internal static IEnumerable<OperationCase> Large =>
    [
        .. from declare in _products
           from shape in new (int, int, int)[] { (128, 784, 2500), (128, 2500, 2000), (128, 1000, 500) }
           select declare(shape, null, CaseInput.Floats, true),
        Forward((2048, 2048, 2048), null, CaseInput.Floats, true, bias: false, Activation.Identity),
    ];

    /// <summary>Forward, input gradient and weight gradient of one shape, to be timed.</summary>
    internal static IEnumerable<OperationCase> Products((int M, int K, int N) shape) =>
        _products[..3].Select(declare => declare(shape, null, CaseInput.Floats, true));

    /// <summary>Lanes that the groups of a variant have, at least.</summary>
    internal static int Lanes(string? variant) => variant switch
    {
        MatMul.Register128 or MatMul.Register64 => 256,
        MatMul.Tiled or MatMul.Register or MatMul.Register64Dense or MatMul.Register32 or MatMul.SplitK or MatMul.SplitGroup => 64,
        _ => 0,
    };

    private static OperationCase Forward((int M, int K, int N) shape, string? variant, CaseInput input, bool timed, bool bias,
        Activation activation, bool keeps = false)
    {
        var (m, k, n) = shape;
        return Declare("matmul-forward", shape, variant, input, timed, memory =>
        {
            var x = memory.Input("x", m * k);
            var w = memory.Input("w", k * n);
            var b = bias ? memory.Input("bias", n) : null;
            var y = memory.Output("y", m * n);
            var sums = keeps ? memory.Output("sums", m * n) : null;
            return new(MatMul.PrepareForward(memory.Accelerator, x, w, b?.View, activation, m, k, n, y, variant, sums?.View), () =>
                [Expectation.Of(y, Expected(activation)), .. sums is null ? Array.Empty<Expectation>() : [Expectation.Of(sums, Expected(Activation.Identity))]]);

            Bounded Expected(Activation of) => Reference64.MatMulForward(x.ToDoubles(), w.ToDoubles(), b?.ToDoubles(), of, m, k, n);
        }, settings: [("bias", bias), ("activation", activation), .. Keeps(keeps)], moreBytes: bias ? 4L * n : 0);
    }

    /// <summary>A parameter for the name of a case that keeps the sums.</summary>
    internal static (string, object)[] Keeps(bool keeps) => keeps ? [("keeps", true)] : [];

    private static OperationCase InputGradient((int M, int K, int N) shape, string? variant, CaseInput input, bool timed,
        Activation activation)
    {
        var (m, k, n) = shape;
        return Declare("matmul-input-gradient", shape, variant, input, timed, memory =>
        {
            var dy = memory.Input("dy", m * n);
            var w = memory.Input("w", k * n);
            var kept = activation == Activation.Identity ? null : memory.Input("xKept", m * k);
            var dx = memory.Output("dx", m * k);
            return new(MatMul.PrepareInputGradient(memory.Accelerator, dy, w, kept?.View, activation, m, k, n, dx, variant),
                () => [Expectation.Of(dx, Reference64.MatMulInputGradient(dy.ToDoubles(), w.ToDoubles(), kept?.ToDoubles(), activation, m, k, n))]);
        }, settings: [("activation", activation)]);
    }

    private static OperationCase WeightGradient((int M, int K, int N) shape, string? variant, CaseInput input, bool timed)
    {
        var (m, k, n) = shape;
        return Declare("matmul-weight-gradient", shape, variant, input, timed, memory =>
        {
            var x = memory.Input("x", m * k);
            var dy = memory.Input("dy", m * n);
            var dw = memory.Output("dw", k * n);
            return new(MatMul.PrepareWeightGradient(memory.Accelerator, x, dy, m, k, n, dw, variant),
                () => [Expectation.Of(dw, Reference64.MatMulWeightGradient(x.ToDoubles(), dy.ToDoubles(), m, k, n))]);
        });
    }

    private static OperationCase WeightUpdate((int M, int K, int N) shape, string? variant, CaseInput input, bool timed)
    {
        var (m, k, n) = shape;
        return Declare("matmul-weight-update", shape, variant, input, timed, memory =>
        {
            var x = memory.Input("x", m * k);
            var dy = memory.Input("dy", m * n);
            var rates = memory.Input("rates", CaseStep.Rates);
            var cursor = memory.Input("cursor", CaseStep.Cursor);
            var w = memory.Updated("w", k * n);
            return new(MatMul.PrepareWeightUpdate(memory.Accelerator, x, dy, rates, cursor, m, k, n, w, variant),
                () => [Expectation.Of(w, Reference64.MatMulWeightUpdate(x.ToDoubles(), dy.ToDoubles(), CaseStep.Rate, w.ToDoubles(), m, k, n))]);
        }, moreBytes: 4L * k * n);
    }

    /// <summary>A product of (m, k) by (k, n), or one of the gradients of that.</summary>
    /// <param name="operation">Its name.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="variant">The variant that is forced, or null.</param>
    /// <param name="input">What the inputs are.</param>
    /// <param name="timed">Whether it is worth timing.</param>
    /// <param name="bind">See <see cref="OperationCase.Bind"/>.</param>
    /// <param name="settings">Parameters beside the sizes.</param>
    /// <param name="moreFlops">Operations beside those of the product.</param>
    /// <param name="moreBytes">Bytes beside each matrix once.</param>
    internal static OperationCase Declare(string operation, (int M, int K, int N) shape, string? variant, CaseInput input, bool timed,
        Func<CaseMemory, CaseBinding> bind, (string, object)[]? settings = null, long moreFlops = 0, long moreBytes = 0)
    {
        var (m, k, n) = ((long)shape.M, (long)shape.K, (long)shape.N);
        return new()
        {
            Operation = operation,
            Variant = variant,
            Lanes = Lanes(variant),
            IsForCpu = variant is MatMul.Direct or MatMul.Packed,
            Parameters = [("m", m), ("k", k), ("n", n), .. settings ?? []],
            Input = input,
            Flops = (2 * m * k * n) + moreFlops,
            Bytes = (4 * ((m * k) + (k * n) + (m * n))) + moreBytes,
            Timed = timed,
            Bind = bind,
        };
    }
}
