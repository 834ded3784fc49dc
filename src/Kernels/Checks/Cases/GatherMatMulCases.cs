using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>The first layer that reads bytes. Shapes pass the edges of 64 features or rows, and of vectors of outputs.</summary>
internal static class GatherMatMulCases
{
    private const int Samples = 40;

    private static readonly string[] _passes = ["forward", "weight-gradient", "weight-update"];

    private static readonly string[] _layerPasses = ["layer-gradient", "layer-update"];

    internal static IEnumerable<OperationCase> All =>
    [
        .. from pass in _passes
           from shape in (Shape[])[
               new(1, 1, 1), new(1, 784, 10), new(2, 31, 2), new(7, 63, 17), new(9, 64, 31), new(31, 65, 32), new(32, 128, 33),
               new(33, 257, 127), new(64, 70, 5), new(65, 129, 100), new(130, 20, 16), new(5, 200, 257), new(32, 784, 128),
               // Cut by columns: the last part is narrow, and so is the last group of rows.
               new(130, 65, 915), new(96, 7, 1024)]
           from kind in OperationCases.Numbers
           select Declare(pass, shape, Activation.Identity, density: 0.2, kind),
        .. from density in (double[])[0, 0.02, 1]
           from pass in _passes
           select Declare(pass, new(33, 200, 30), Activation.Identity, density),
        .. from activation in Activations.All
           select Declare("forward", new(17, 100, 30), activation, 0.2),
        .. from activation in Activations.All
           // A byte of 0 may be skipped, and with it a NaN among the weights.
           select Declare("forward", new(5, 31, 7), activation, density: 1, CaseInput.WithNaN),
        .. from activation in Activations.All.Where(Activations.KeepsSum)
           from variant in (string?[])[null, MatMul.Plain]
           select Declare("forward", new(17, 100, 30), activation, 0.2, variant: variant, keeps: true),
        .. from pass in _layerPasses
           from shape in (Shape[])[new(1, 1, 1), new(7, 63, 17), new(33, 257, 127), new(65, 128, 10)]
           from kind in OperationCases.Numbers
           select Declare(pass, shape, Activation.Identity, density: 0.2, kind),
        .. from pass in _passes.Concat(_layerPasses)
           from shape in (Shape[])[new(32, 784, 128), new(50, 784, 30)]
           select Declare(pass, shape, Activation.Relu, 0.19, timed: true),
        .. Tiles,
        .. Dense,
    ];

    /// <summary>Slices of all bytes as floats. Shapes pass the edges of slices, of 64 features, of vectors and of tiles of rows.</summary>
    private static IEnumerable<OperationCase> Dense =>
    [
        .. from pass in _passes.Concat(_layerPasses)
           from shape in (Shape[])[
               new(1, 193, 1), new(1, 784, 10), new(2, 256, 17), new(7, 255, 31), new(13, 257, 127), new(33, 320, 64), new(50, 211, 30), new(95, 321, 33),
               new(9, 400, 640)]
           from kind in OperationCases.Numbers
           select Declare(pass, shape, Activation.Identity, density: 1, kind, offset: -3, isDense: true),
        .. from pass in _passes
           select Declare(pass, new(33, 200, 30), Activation.Identity, density: 1, isDense: true),
        .. from activation in Activations.All
           // A byte of 0 is not skipped, and a NaN among the weights reaches every sum.
           from density in (double[])[0.2, 1]
           select Declare("forward", new(17, 200, 30), activation, density, CaseInput.WithNaN, isDense: true),
        .. from pass in _passes
           select Declare(pass, new(5, 200, 7), Activation.Identity, density: 0.2, CaseInput.WithNaN, isDense: true),
        .. from activation in Activations.All.Where(Activations.KeepsSum)
           select Declare("forward", new(17, 200, 30), activation, density: 1, offset: -0.5f, keeps: true, isDense: true),
        .. from pass in _passes.Concat(_layerPasses)
           from shape in (Shape[])[new(32, 784, 128), new(50, 784, 30)]
           select Declare(pass, shape, Activation.Relu, density: 1, timed: true, offset: -0.5f, isDense: true),
    ];

    /// <summary>
    /// Tiles that load bytes, one by one and four at once, with offsets that padding must not become; few variants, since each choice of
    /// constants is a program to compile.
    /// </summary>
    private static IEnumerable<OperationCase> Tiles =>
        from declared in ((string Pass, string Variant, Shape[] Shapes)[])
        [
            ("forward", MatMul.Plain, [new(5, 31, 7)]), ("layer-update", MatMul.Plain, [new(5, 31, 7)]),
            ("forward", MatMul.SplitGroup, [new(33, 31, 5), new(9, 300, 12)]), ("forward", MatMul.Register32, [new(33, 36, 36)]),
            ("forward", MatMul.Register64, [new(70, 31, 65)]), ("forward", MatMul.Register128, [new(130, 20, 132)]),
            ("forward", MatMul.Register64Dense, [new(70, 36, 68)]), ("layer-update", MatMul.Register64Dense, [new(20, 66, 35)]),
            ("layer-gradient", MatMul.Register32, [new(5, 31, 7)]), ("layer-gradient", MatMul.Register128, [new(20, 132, 36)]),
            ("layer-update", MatMul.Register32, [new(5, 31, 7), new(20, 36, 12)]), ("layer-update", MatMul.Register64, [new(20, 68, 36)]),
            ("layer-update", MatMul.SplitK, [new(70, 36, 12)]), ("layer-gradient", MatMul.SplitK, [new(300, 31, 7)]),
            ("weight-update", MatMul.Register32, [new(20, 36, 12)]), ("weight-gradient", MatMul.Register32, [new(5, 31, 7)]),
        ]
        from shape in declared.Shapes
        from kind in OperationCases.Numbers
        select Declare(declared.Pass, shape, Activation.Identity, 0.5, kind, variant: declared.Variant, offset: -3);

    private static OperationCase Declare(string pass, Shape shape, Activation activation, double density, CaseInput input = CaseInput.Floats,
        bool timed = false, string? variant = null, float offset = 0, bool keeps = false, bool isDense = false) => new()
        {
            Operation = $"gather-matmul-{pass}",
            Variant = variant,
            Lanes = MatMulCases.Lanes(variant),
            Parameters = [("rows", shape.Rows), ("features", shape.Features), ("outputs", shape.Outputs), ("activation", activation),
                ("density", density), .. offset == 0 ? Array.Empty<(string, object)>() : [("offset", offset)], .. MatMulCases.Keeps(keeps),
                .. isDense ? [("way", "dense")] : Array.Empty<(string, object)>()],
            Input = input,
            Flops = 2L * shape.Rows * shape.Features * shape.Outputs,
            Bytes = ((long)shape.Rows * shape.Features) + (4L * shape.Outputs * (shape.Rows + shape.Features)),
            Timed = timed,
            Bind = memory => Bind(memory, pass, shape, activation, density, input == CaseInput.Integers, variant, offset, keeps, isDense),
        };

    private static CaseBinding Bind(CaseMemory memory, string pass, Shape shape, Activation activation, double density,
        bool isInteger, string? variant, float offset, bool keeps, bool isDense)
    {
        var (rows, features, outputs) = shape;
        var scale = isInteger ? 1f : 1f / 255;
        var samples = Samples + rows;
        var values = memory.Input("values", memory.Random.Array(samples * features,
            r => r.Between(0, 1) < density ? (byte)(1 + r.Below(isInteger ? 8 : 255)) : (byte)0));
        var labels = memory.Input("labels", memory.Random.Array(samples, r => (byte)r.Below(10)));
        var order = memory.Input("order", memory.Random.Permutation(samples));
        var cursor = memory.Input("cursor", CaseStep.Cursor);
        var batchLabels = memory.Output<int>("batchLabels", rows);
        var operation = memory.Own(new GatherMatMul(memory.Accelerator, values, labels, order, cursor, scale,
            new GatherShape(rows, features, outputs) { Density = isDense ? 1 : 0, Offset = offset, Learns = true }, variant));
        var (launch, expectations) = pass switch
        {
            "forward" => BindForward(memory, operation, shape, activation, Inputs, keeps),
            "weight-gradient" or "layer-gradient" => BindGradient(memory, operation, shape, Inputs, pass == "layer-gradient"),
            _ => BindUpdate(memory, operation, shape, Inputs, pass == "layer-update"),
        };
        return new(memory.Accelerator.Sequence(launch.Name, [operation.PrepareGather(batchLabels), launch]), () =>
        [
            .. expectations(),
            Expectation.Of(batchLabels, [.. Batch().Select(sample => (int)labels.Before[sample])]),
        ]);

        IEnumerable<int> Batch() => order.ToArray().Skip(CaseStep.Sample).Take(rows);

        // The inputs are floats, rounded once, as if they had been gathered.
        double[] Inputs() =>
        [
            .. Batch().SelectMany(sample => Enumerable.Range(sample * features, features))
                .Select(i => (double)MathF.FusedMultiplyAdd(values.Before[i], scale, offset)),
        ];
    }

    private static (Launch Launch, Func<IEnumerable<Expectation>> Expected) BindForward(CaseMemory memory, GatherMatMul operation, Shape shape,
        Activation activation, Func<double[]> inputs, bool keeps)
    {
        var w = memory.Input("w", shape.Features * shape.Outputs);
        var bias = memory.Input("bias", shape.Outputs);
        var y = memory.Output("y", shape.Rows * shape.Outputs);
        var sums = keeps ? memory.Output("sums", shape.Rows * shape.Outputs) : null;
        return (operation.PrepareForward(w, bias, activation, y, sums?.View), () =>
            [Expectation.Of(y, Expected(activation)), .. sums is null ? Array.Empty<Expectation>() : [Expectation.Of(sums, Expected(Activation.Identity))]]);

        Bounded Expected(Activation of) => Reference64.MatMulForward(
            inputs(), w.ToDoubles(), bias.ToDoubles(), of, shape.Rows, shape.Features, shape.Outputs);
    }

    private static (Launch Launch, Func<IEnumerable<Expectation>> Expected) BindGradient(CaseMemory memory, GatherMatMul operation, Shape shape,
        Func<double[]> inputs, bool withBiases)
    {
        var dy = memory.Input("dy", shape.Rows * shape.Outputs);
        var dw = memory.Output("dw", shape.Features * shape.Outputs);
        var db = withBiases ? memory.Output("db", shape.Outputs) : null;
        return (db is null ? operation.PrepareWeightGradient(dy, dw) : operation.PrepareLayerGradient(dy, dw, db), () =>
        [
            Expectation.Of(dw, Reference64.MatMulWeightGradient(inputs(), dy.ToDoubles(), shape.Rows, shape.Features, shape.Outputs)),
            .. db is null ? Array.Empty<Expectation>() : [Expectation.Of(db, Reference64.ColumnSum(dy.ToDoubles(), shape.Rows, shape.Outputs))],
        ]);
    }

    private static (Launch Launch, Func<IEnumerable<Expectation>> Expected) BindUpdate(CaseMemory memory, GatherMatMul operation, Shape shape,
        Func<double[]> inputs, bool withBiases)
    {
        var dy = memory.Input("dy", shape.Rows * shape.Outputs);
        var rates = memory.Input("rates", CaseStep.Rates);
        var w = memory.Updated("w", shape.Features * shape.Outputs);
        var bias = withBiases ? memory.Updated("bias", shape.Outputs) : null;
        return (bias is null ? operation.PrepareWeightUpdate(dy, rates, w) : operation.PrepareLayerUpdate(dy, rates, w, bias), () =>
        [
            Expectation.Of(w, Reference64.MatMulWeightUpdate(
                inputs(), dy.ToDoubles(), CaseStep.Rate, w.ToDoubles(), shape.Rows, shape.Features, shape.Outputs)),
            .. bias is null ? Array.Empty<Expectation>() : [Expectation.Of(bias, Reference64.ColumnSumUpdate(
                dy.ToDoubles(), CaseStep.Rate, bias.ToDoubles(), shape.Rows, shape.Outputs))],
        ]);
    }

    private sealed record Shape(int Rows, int Features, int Outputs);
}
