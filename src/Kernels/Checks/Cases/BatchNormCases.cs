using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class BatchNormCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from shape in ((int Rows, int Channels)[])[(1, 1), (2, 3), (31, 33), (33, 10), (257, 7), (5000, 3), (64, 784)]
           from declaration in new[] { Forward(shape), Evaluation(shape), Backward(shape) }
           select declaration,
        .. from declaration in new[]
           {
               Forward((70, 33), offset: 1000), Backward((70, 33), offset: 1000),
               Forward((70, 33), input: CaseInput.WithNaN), Evaluation((70, 33), CaseInput.WithNaN), Backward((70, 33), input: CaseInput.WithNaN),
               Evaluation((0, 4)), Backward((70, 33), inPlace: true),
               Forward((128, 512), timed: true), Evaluation((128, 512), timed: true), Backward((128, 512), timed: true),
           }
           select declaration,
    ];

    private static OperationCase Forward((int Rows, int Channels) shape, float offset = 0, CaseInput input = CaseInput.Floats, bool timed = false) => new()
    {
        Operation = "batch-norm-forward",
        Parameters = [("rows", shape.Rows), ("channels", shape.Channels), ("offset", offset)],
        Input = input,
        Bytes = 8L * shape.Rows * shape.Channels,
        Timed = timed,
        Bind = memory =>
        {
            var (rows, channels) = shape;
            var x = memory.Input("x", Around(memory, offset, rows * channels));
            var layer = new Layer(memory, channels, statistics: null);
            var partials = memory.Accelerator.Keep(memory.Accelerator.Allocate<float>(BatchNorm.PartialsLength(rows, channels)));
            var y = memory.Output("y", rows * channels);
            return new(BatchNorm.PrepareForward(memory.Accelerator, layer.Memory, x, rows, partials, y), () =>
            {
                var expected = Reference64.BatchNorm(x.ToDoubles(), layer.Scale.ToDoubles(), layer.Shift.ToDoubles(), layer.RunningMean.ToDoubles(),
                    layer.RunningVariance.ToDoubles(), rows);
                return
                [
                    Expectation.Of(y, expected.Y),
                    Expectation.Of(layer.Statistics, expected.Statistics),
                    Expectation.Of(layer.RunningMean, expected.RunningMean),
                    Expectation.Of(layer.RunningVariance, expected.RunningVariance),
                ];
            });
        },
    };

    private static OperationCase Evaluation((int Rows, int Channels) shape, CaseInput input = CaseInput.Floats, bool timed = false) => new()
    {
        Operation = "batch-norm-evaluation",
        Parameters = [("rows", shape.Rows), ("channels", shape.Channels)],
        Input = input,
        Bytes = 8L * shape.Rows * shape.Channels,
        Timed = timed,
        Bind = memory =>
        {
            var (rows, channels) = shape;
            var x = memory.Input("x", rows * channels);
            var layer = new Layer(memory, channels, statistics: null);
            var y = memory.Output("y", rows * channels);
            return new(BatchNorm.PrepareEvaluation(memory.Accelerator, layer.Memory, x, rows, y), () =>
            {
                var (expected, statistics) = Reference64.BatchNormEvaluation(x.ToDoubles(), layer.Scale.ToDoubles(), layer.Shift.ToDoubles(),
                    layer.RunningMean.ToDoubles(), layer.RunningVariance.ToDoubles());
                return
                [
                    Expectation.Of(y, expected),
                    Expectation.Of(layer.Statistics, statistics),
                    Expectation.Of(layer.RunningMean, Bounded.Exact(layer.RunningMean.ToDoubles())),
                    Expectation.Of(layer.RunningVariance, Bounded.Exact(layer.RunningVariance.ToDoubles())),
                ];
            });
        },
    };

    private static OperationCase Backward((int Rows, int Channels) shape, float offset = 0, CaseInput input = CaseInput.Floats, bool timed = false,
        bool inPlace = false) => new()
        {
            Operation = "batch-norm-backward",
            Parameters = [("rows", shape.Rows), ("channels", shape.Channels), ("offset", offset), .. inPlace ? [("in-place", true)] : Array.Empty<(string, object)>()],
            Input = input,
            Bytes = 12L * shape.Rows * shape.Channels,
            Timed = timed,
            Bind = memory => BindBackward(memory, shape.Rows, shape.Channels, offset, inPlace),
        };

    private static CaseBinding BindBackward(CaseMemory memory, int rows, int channels, float offset, bool inPlace)
    {
        var x = memory.Input("x", Around(memory, offset, rows * channels));
        var layer = new Layer(memory, channels, [.. memory.Random.Array(channels, r => offset + r.Between(-0.1f, 0.1f)),
            .. memory.Random.Array(channels, r => r.Between(0.5f, 3))]);
        var dy = inPlace ? memory.Updated("dy", rows * channels) : memory.Input("dy", rows * channels);
        var partials = memory.Accelerator.Keep(memory.Accelerator.Allocate<float>(BatchNorm.PartialsLength(rows, channels)));
        var (dScale, dShift) = (memory.Output("dScale", channels), memory.Output("dShift", channels));
        var dx = inPlace ? dy : memory.Output("dx", rows * channels);
        return new(BatchNorm.PrepareBackward(memory.Accelerator, layer.Memory, x, dy, rows, partials, dScale, dShift, dx), () =>
        {
            var expected = Reference64.BatchNormBackward(x.ToDoubles(), dy.ToDoubles(), layer.Statistics.ToDoubles(), layer.Scale.ToDoubles(), rows);
            return
            [
                Expectation.Of(dScale, expected.DScale),
                Expectation.Of(dShift, expected.DShift),
                Expectation.Of(dx, expected.Dx),
                Expectation.Of(layer.RunningMean, Bounded.Exact(layer.RunningMean.ToDoubles())),
                Expectation.Of(layer.RunningVariance, Bounded.Exact(layer.RunningVariance.ToDoubles())),
            ];
        });
    }

    private static float[] Around(CaseMemory memory, float offset, int count) => [.. memory.Values(count).Select(value => offset + value)];

    /// <summary>The tensors of a layer; its statistics are an output where none are given.</summary>
    private sealed class Layer
    {
        internal Layer(CaseMemory memory, int channels, float[]? statistics)
        {
            Scale = memory.Input("scale", channels);
            Shift = memory.Input("shift", channels);
            Statistics = statistics is null ? memory.Output("statistics", 2 * channels) : memory.Input("statistics", memory.WithFlaw(statistics));
            RunningMean = memory.Updated("runningMean", channels);
            RunningVariance = memory.Updated("runningVariance", memory.WithFlaw(memory.Random.Array(channels, r => r.Between(0.1f, 2))));
            Memory = new() { Scale = Scale, Shift = Shift, Statistics = Statistics, RunningMean = RunningMean, RunningVariance = RunningVariance };
        }

        internal CaseTensor<float> Scale { get; }

        internal CaseTensor<float> Shift { get; }

        internal CaseTensor<float> Statistics { get; }

        internal CaseTensor<float> RunningMean { get; }

        internal CaseTensor<float> RunningVariance { get; }

        internal BatchNormMemory Memory { get; }
    }
}
