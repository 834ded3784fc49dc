using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>
/// The first layer's gradient and each optimizer's step in one. Bytes and the gradient above are integers, so that the gradient is exact whatever
/// the order of its sums, and the step alone is judged. Shapes pass the edges of 64 features or rows, of vectors and of blocks of gradients.
/// </summary>
internal static class WeightDescentCases
{
    private const int Samples = 40;

    internal static IEnumerable<OperationCase> All =>
    [
        .. from optimizer in Optimizers.All
           from shape in (Shape[])[new(1, 1, 1), new(7, 63, 17), new(33, 257, 127), new(65, 129, 10), new(130, 20, 1500)]
           select Declare(new(new OptimizerChoice(optimizer)), shape),
        .. from optimizer in Optimizers.All
           select Declare(new(new OptimizerChoice(optimizer), L2: 0.5f, WeightDecay: 0.25f, ClipValue: 4), new(32, 320, 30)),
        .. from optimizer in Optimizers.All
           where optimizer.TakesMomentum
           select Declare(new(new OptimizerChoice(optimizer), Momentum: 0.5f), new(33, 200, 30)),
        .. from optimizer in Optimizers.All
           from isDense in (bool[])[false, true]
           select Declare(new(new OptimizerChoice(optimizer)), new(32, 784, 128), timed: true, isDense),
        .. from optimizer in Optimizers.All
           from shape in (Shape[])[new(1, 193, 1), new(7, 256, 17), new(33, 257, 127), new(95, 321, 10), new(9, 200, 1300)]
           select Declare(new(new OptimizerChoice(optimizer), L2: 0.5f, WeightDecay: 0.25f, ClipValue: 4), shape, isDense: true),
    ];

    private static OperationCase Declare(UpdateSettings settings, Shape shape, bool timed = false, bool isDense = false) => new()
    {
        Operation = "gather-matmul-layer-descent",
        Parameters = [("rows", shape.Rows), ("features", shape.Features), ("outputs", shape.Outputs), ("optimizer", settings.Optimizer.Optimizer.Name),
            ("momentum", settings.Momentum), ("l2", settings.L2), ("decay", settings.WeightDecay), ("clip", settings.ClipValue),
            .. isDense ? [("way", "dense")] : Array.Empty<(string, object)>()],
        Input = CaseInput.Floats,
        Flops = 2L * shape.Rows * shape.Features * shape.Outputs,
        Bytes = ((long)shape.Rows * shape.Features) + ((12L + (8 * settings.Slots.Count)) * shape.Features * shape.Outputs),
        Timed = timed,
        Bind = memory => Bind(memory, settings, shape, isDense),
    };

    private static CaseBinding Bind(CaseMemory memory, UpdateSettings settings, Shape shape, bool isDense)
    {
        var (rows, features, outputs) = shape;
        var (samples, count) = (Samples + rows, features * outputs);
        var values = memory.Input("values", memory.Random.Array(samples * features, r => r.Between(0, 1) < 0.2f ? (byte)(1 + r.Below(8)) : (byte)0));
        var labels = memory.Input("labels", memory.Random.Array(samples, r => (byte)r.Below(10)));
        var order = memory.Input("order", memory.Random.Permutation(samples));
        var cursor = memory.Input("cursor", CaseStep.Cursor);
        var batchLabels = memory.Output<int>("batchLabels", rows);
        var dy = memory.Input("dy", memory.Random.Array(rows * outputs, r => (r.Below(9) - 4) / 4f));
        var db = memory.Output("db", outputs);
        var slots = settings.Slots.Select(slot => memory.Updated(slot, OptimizerCases.State(memory, settings, slot, count))).ToArray();
        var w = memory.Updated("w", count);
        var operation = memory.Own(new GatherMatMul(memory.Accelerator, values, labels, order, cursor, 1,
            new GatherShape(rows, features, outputs) { Density = isDense ? 1 : 0, Learns = true }));
        var launch = operation.PrepareLayerDescent(dy, settings, new UpdateMemory
        {
            Gradients = memory.Own(memory.Accelerator.Allocate<float>(count)),
            Slots = [.. slots.Select(slot => slot.View)],
            Rates = memory.Input("rates", CaseStep.Rates),
            Cursor = cursor,
            Decayed = count,
            Parameters = w,
        }, db);
        return new(memory.Accelerator.Sequence(launch.Name, [operation.PrepareGather(batchLabels), launch]), () =>
        {
            var batch = order.ToArray().Skip(CaseStep.Sample).Take(rows).ToArray();
            double[] x = [.. batch.SelectMany(sample => Enumerable.Range(sample * features, features)).Select(i => (double)values.Before[i])];
            var gradient = Reference64.MatMulWeightGradient(x, dy.ToDoubles(), rows, features, outputs).Values;
            var (updated, after) = Reference64.Update(settings, w.ToDoubles(), gradient, [.. slots.Select(slot => slot.ToDoubles())],
                CaseStep.Rate, count, CaseStep.Updates + 1, 1);
            return
            [
                Expectation.Of(w, updated), .. slots.Zip(after, Expectation.Of), Expectation.Of(db, Reference64.ColumnSum(dy.ToDoubles(), rows, outputs)),
                Expectation.Of(batchLabels, [.. batch.Select(sample => (int)labels.Before[sample])]),
            ];
        });
    }

    private sealed record Shape(int Rows, int Features, int Outputs);
}
