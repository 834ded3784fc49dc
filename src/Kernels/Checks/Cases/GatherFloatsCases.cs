using System.Runtime.InteropServices;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class GatherFloatsCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from features in OperationCases.Sizes
           from rows in (int[])[1, 2, 33]
           select Gather(rows, features),
        Gather(0, 5),
        Gather(7, 9, CaseInput.Integers),
        Gather(7, 9, CaseInput.WithNaN),
        Gather(32, 30, samples: 20_000, timed: true),
    ];

    private static OperationCase Gather(int rows, int features, CaseInput input = CaseInput.Floats, int samples = 40, bool timed = false) => new()
    {
        Operation = "gather-floats",
        Parameters = [("rows", rows), ("features", features), ("samples", samples)],
        Input = input,
        Bytes = 2L * sizeof(float) * rows * features,
        Timed = timed,
        Bind = memory => Bind(memory, samples, rows, features),
    };

    private static CaseBinding Bind(CaseMemory memory, int samples, int rows, int features)
    {
        var floats = memory.Values(samples * features);
        var values = memory.Input("values", MemoryMarshal.AsBytes(floats).ToArray());
        var labels = memory.Input("labels", memory.Random.Array(samples, r => (byte)r.Below(10)));
        var order = memory.Input("order", memory.Random.Permutation(samples));
        var cursor = memory.Input("cursor", CaseStep.Cursor);
        var x = memory.Output("x", rows * features);
        var batchLabels = memory.Output<int>("batchLabels", rows);
        return new(GatherFloats.Prepare(memory.Accelerator, values, labels, order, cursor, rows, features, x, batchLabels),
            () =>
            {
                int[] taken = [.. order.ToArray().Skip(CaseStep.Sample).Take(rows)];
                return
                [
                    Expectation.Of(x, Bounded.Exact([.. taken.SelectMany(sample => floats.Skip(sample * features).Take(features)).Select(value => (double)value)])),
                    Expectation.Of(batchLabels, [.. taken.Select(sample => (int)labels.ToArray()[sample])]),
                ];
            });
    }
}
