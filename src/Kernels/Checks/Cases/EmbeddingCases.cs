using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class EmbeddingCases
{
    /// <summary>How many values each coded input has.</summary>
    private static readonly int[] _few = [1], _some = [9, 33, 2], _many = [255, 40, 100, 12, 9, 17, 31, 64, 10];

    internal static IEnumerable<OperationCase> All =>
    [
        .. from shape in ((int Rows, int Plain, int Width, int[] Values)[])[(1, 0, 1, _few), (7, 3, 8, _some), (33, 0, 8, _some), (31, 257, 5, _many), (257, 1, 33, _few)]
           from declaration in Each(shape)
           select declaration,
        .. Each((0, 0, 8, _some)),
        .. Each((33, 5, 8, _some), CaseInput.Integers),
        .. Each((33, 5, 8, _some), CaseInput.WithNaN),
        .. Each((256, 30, 8, _many), timed: true),
    ];

    private static IEnumerable<OperationCase> Each((int Rows, int Plain, int Width, int[] Values) shape, CaseInput input = CaseInput.Floats, bool timed = false)
    {
        var (rows, plain, width, values) = shape;
        int[] firsts = [.. values.Index().Select(pair => values.Take(pair.Index).Sum()), values.Sum()];
        var outputs = plain + (values.Length * width);
        OperationCase Declare(string operation, Func<CaseMemory, CaseBinding> bind) => new()
        {
            Operation = operation,
            Parameters = [("rows", rows), ("plain", plain), ("coded", values.Length), ("values", values.Sum()), ("width", width)],
            Input = input,
            Bytes = 2L * sizeof(float) * rows * outputs,
            Timed = timed,
            Bind = bind,
        };

        yield return Declare("embed-forward", memory =>
        {
            var (x, table, first) = (memory.Input("x", Inputs(memory, rows, plain, values)), memory.Input("table", values.Sum() * width), memory.Input("firsts", firsts));
            var y = memory.Output("y", rows * outputs);
            return new(Embedding.PrepareForward(memory.Accelerator, x, table, first, rows, width, y), () =>
                [Expectation.Of(y, Bounded.Exact(Reference64.Embedding(x.ToDoubles(), table.ToDoubles(), values, rows, width)))]);
        });
        yield return Declare("embed-backward", memory =>
        {
            var (dy, first) = (memory.Input("dy", rows * outputs), memory.Input("firsts", firsts));
            var dx = memory.Output("dx", rows * (plain + values.Length));
            return new(Embedding.PrepareBackward(memory.Accelerator, dy, first, rows, width, dx), () =>
                [Expectation.Of(dx, Bounded.Exact(Reference64.EmbeddingBackward(new double[dx.Length], dy.ToDoubles(), values, rows, width).Dx))]);
        });
        yield return Declare("embed-table", memory =>
        {
            var (x, dy, first) = (memory.Input("x", Inputs(memory, rows, plain, values)), memory.Input("dy", rows * outputs), memory.Input("firsts", firsts));
            var dTable = memory.Output("dTable", values.Sum() * width);
            return new(Embedding.PrepareTableGradient(memory.Accelerator, x, dy, first, rows, width, dTable), () =>
                [Expectation.Of(dTable, Reference64.EmbeddingBackward(x.ToDoubles(), dy.ToDoubles(), values, rows, width).DTable)]);
        });
    }

    /// <summary>Numbers that go through, then numbers of values, and of none: below 1, beyond the last, between two.</summary>
    private static float[] Inputs(CaseMemory memory, int rows, int plain, int[] values)
    {
        var numbers = memory.Values(rows * plain);
        return memory.WithFlaw([.. Enumerable.Range(0, rows).SelectMany(row =>
            numbers.Skip(row * plain).Take(plain).Concat(values.Select(count => (memory.Random.Below(4 * (count + 3)) / 4f) - 0.5f)))]);
    }
}
