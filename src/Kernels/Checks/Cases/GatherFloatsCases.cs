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
        Gather(33, 9, stride: 10),
        Gather(33, 1, stride: 10, first: 9),
        Gather(7, 3, CaseInput.WithNaN, stride: 8, first: 2),
    ];

    private static OperationCase Gather(int rows, int features, CaseInput input = CaseInput.Floats, int samples = 40, bool timed = false, int? stride = null, int first = 0) => new()
    {
        Operation = "gather-floats",
        Parameters = [("rows", rows), ("features", features), ("samples", samples), .. stride is { } of ? new[] { ("of", of), ("from", first) } : []],
        Input = input,
        Bytes = 2L * sizeof(float) * rows * features,
        Timed = timed,
        Bind = memory => Bind(memory, samples, rows, features, stride ?? features, first),
    };

    private static CaseBinding Bind(CaseMemory memory, int samples, int rows, int features, int stride, int first)
    {
        var floats = memory.Values(samples * stride);
        var values = memory.Input("values", MemoryMarshal.AsBytes(floats).ToArray());
        var labels = memory.Input("labels", memory.Random.Array(samples, r => (byte)r.Below(10)));
        var order = memory.Input("order", memory.Random.Permutation(samples));
        var cursor = memory.Input("cursor", CaseStep.Cursor);
        var x = memory.Output("x", rows * features);
        var batchLabels = memory.Output<int>("batchLabels", rows);
        return new(GatherFloats.Prepare(memory.Accelerator, values, labels, order, cursor, rows, features, stride, first, x, batchLabels),
            () =>
            {
                int[] taken = [.. order.ToArray().Skip(CaseStep.Sample).Take(rows)];
                return
                [
                    Expectation.Of(x, Bounded.Exact([.. taken.SelectMany(sample => floats.Skip((sample * stride) + first).Take(features)).Select(value => (double)value)])),
                    Expectation.Of(batchLabels, [.. taken.Select(sample => (int)labels.ToArray()[sample])]),
                ];
            });
    }
}
