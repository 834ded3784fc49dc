using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class GatherBatchCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from features in OperationCases.Sizes
           from rows in (int[])[1, 2, 33]
           select Gather(rows, features, 1f / 255, 0),
        Gather(0, 5, 1, 0),
        Gather(7, 9, 1, 0, CaseInput.Integers),
        Gather(31, 784, 1f / 255 / 0.3081f, -0.1307f / 0.3081f),
        Gather(32, 784, 1f / 255, 0, samples: 5000, timed: true),
    ];

    private static OperationCase Gather(int rows, int features, float scale, float offset, CaseInput input = CaseInput.Floats,
        int samples = 40, bool timed = false) => new()
        {
            Operation = "gather-batch",
            Parameters = [("rows", rows), ("features", features), ("samples", samples), ("scale", scale), ("offset", offset)],
            Input = input,
            Bytes = 5L * rows * features,
            Timed = timed,
            Bind = memory => Bind(memory, samples, rows, features, scale, offset),
        };

    private static CaseBinding Bind(CaseMemory memory, int samples, int rows, int features, float scale, float offset)
    {
        var values = memory.Input("values", memory.Random.Array(samples * features, r => (byte)r.Below(256)));
        var labels = memory.Input("labels", memory.Random.Array(samples, r => (byte)r.Below(10)));
        var order = memory.Input("order", memory.Random.Permutation(samples));
        var cursor = memory.Input("cursor", CaseStep.Cursor);
        var x = memory.Output("x", rows * features);
        var batchLabels = memory.Output<int>("batchLabels", rows);
        return new(GatherBatch.Prepare(memory.Accelerator, values, labels, order, cursor, scale, offset, rows, features, x, batchLabels),
            () =>
            [
                Expectation.Of(x, Reference64.GatherBatch(values.ToArray(), order.ToArray(), CaseStep.Sample, scale, offset, rows, features)),
                Expectation.Of(batchLabels,
                    [.. order.ToArray().Skip(CaseStep.Sample).Take(rows).Select(sample => (int)labels.ToArray()[sample])]),
            ]);
    }
}
