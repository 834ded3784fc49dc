using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class LayerNormCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from shape in ((int Rows, int Columns)[])[(1, 1), (3, 2), (33, 31), (10, 33), (7, 257), (3, 5000), (64, 784)]
           from declaration in new[] { Forward(shape), Backward(shape), Parameters(shape) }
           select declaration,
        .. from declaration in new[]
           {
               Forward((0, 4)), Forward((70, 33), offset: 1000), Backward((70, 33), offset: 1000), Parameters((70, 33), offset: 1000),
               Forward((70, 33), input: CaseInput.WithNaN), Backward((70, 33), input: CaseInput.WithNaN), Parameters((70, 33), input: CaseInput.WithNaN),
               Forward((128, 512), timed: true), Backward((128, 512), timed: true), Parameters((128, 512), timed: true),
           }
           select declaration,
    ];

    private static OperationCase Forward((int Rows, int Columns) shape, float offset = 0, CaseInput input = CaseInput.Floats, bool timed = false) =>
        Declare("layer-norm-forward", shape, offset, input, timed, memory =>
        {
            var (rows, columns) = shape;
            var (x, scale, shift) = (memory.Input("x", Around(memory, offset, rows * columns)), memory.Input("scale", columns), memory.Input("shift", columns));
            var (statistics, y) = (memory.Output("statistics", 2 * rows), memory.Output("y", rows * columns));
            return new(LayerNorm.PrepareForward(memory.Accelerator, x, scale, shift, rows, statistics, y), () =>
            {
                var expected = Reference64.LayerNorm(x.ToDoubles(), scale.ToDoubles(), shift.ToDoubles(), rows);
                return [Expectation.Of(y, expected.Y), Expectation.Of(statistics, expected.Statistics)];
            });
        });

    private static OperationCase Backward((int Rows, int Columns) shape, float offset = 0, CaseInput input = CaseInput.Floats, bool timed = false) =>
        Declare("layer-norm-backward", shape, offset, input, timed, memory =>
        {
            var (rows, columns) = shape;
            var (x, dy) = (memory.Input("x", Around(memory, offset, rows * columns)), memory.Input("dy", rows * columns));
            var (statistics, scale) = (memory.Input("statistics", Statistics(memory, rows, offset)), memory.Input("scale", columns));
            var dx = memory.Output("dx", rows * columns);
            return new(LayerNorm.PrepareBackward(memory.Accelerator, x, dy, statistics, scale, rows, dx), () =>
                [Expectation.Of(dx, Reference64.LayerNormBackward(x.ToDoubles(), dy.ToDoubles(), statistics.ToDoubles(), scale.ToDoubles(), rows).Dx)]);
        });

    private static OperationCase Parameters((int Rows, int Columns) shape, float offset = 0, CaseInput input = CaseInput.Floats, bool timed = false) =>
        Declare("layer-norm-parameters", shape, offset, input, timed, memory =>
        {
            var (rows, columns) = shape;
            var (x, dy) = (memory.Input("x", Around(memory, offset, rows * columns)), memory.Input("dy", rows * columns));
            var statistics = memory.Input("statistics", Statistics(memory, rows, offset));
            var (dScale, dShift) = (memory.Output("dScale", columns), memory.Output("dShift", columns));
            return new(LayerNorm.PrepareParameterGradient(memory.Accelerator, x, dy, statistics, rows, dScale, dShift), () =>
            {
                var expected = Reference64.LayerNormBackward(
                    x.ToDoubles(), dy.ToDoubles(), statistics.ToDoubles(), [.. Enumerable.Repeat(1.0, columns)], rows);
                return [Expectation.Of(dScale, expected.DScale), Expectation.Of(dShift, expected.DShift)];
            });
        });

    private static OperationCase Declare(
        string operation, (int Rows, int Columns) shape, float offset, CaseInput input, bool timed, Func<CaseMemory, CaseBinding> bind) => new()
        {
            Operation = operation,
            Parameters = [("rows", shape.Rows), ("columns", shape.Columns), ("offset", offset)],
            Input = input,
            Bytes = 8L * shape.Rows * shape.Columns,
            Timed = timed,
            Bind = bind,
        };

    /// <summary>Means near the numbers, and inverses.</summary>
    private static float[] Statistics(CaseMemory memory, int rows, float offset) => memory.WithFlaw(
        [.. Enumerable.Range(0, 2 * rows).Select(i => i % 2 == 0 ? offset + memory.Random.Between(-0.1f, 0.1f) : memory.Random.Between(0.5f, 3))]);

    private static float[] Around(CaseMemory memory, float offset, int count) => [.. memory.Values(count).Select(value => offset + value)];
}
