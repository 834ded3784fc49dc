using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>Several steps of one sample each; the bounds take the errors of one step into the next.</summary>
internal static class OnlineSgdCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from loss in Enum.GetValues<LossFunction>()
           from layers in (string[])["10", "7-10", "30-10", "5-17-33", "40-3-20-2"]
           select Declare(70, layers, Activation.Sigmoid, Activation.Identity, loss),
        .. from activation in Activations.All
           select Declare(65, "12-6", activation, activation, LossFunction.SoftmaxCrossEntropy),
        .. from features in (int[])[1, 63, 64, 129]
           select Declare(features, "16-32-1", Activation.Tanh, Activation.Identity, LossFunction.BinaryCrossEntropy),
        .. from density in (double[])[0, 1]
           select Declare(100, "8-10", Activation.Relu, Activation.Identity, LossFunction.SoftmaxCrossEntropy, density),
        .. from skipAfter in (int[])[0, 9]
           select Declare(100, "8-2", Activation.Relu, Activation.Identity, LossFunction.SoftmaxCrossEntropy, skipAfter: skipAfter, samples: 20),
        .. from loss in Enum.GetValues<LossFunction>()
           select Declare(20, "8-5", Activation.Relu, Activation.Identity, loss, density: 1, inputs: CaseInput.WithNaN),
        Declare(784, "128-64-10", Activation.Sigmoid, Activation.Identity, LossFunction.SoftmaxSquaredError, samples: 3),
        Declare(784, "10-10", Activation.Relu, Activation.Relu, LossFunction.SoftmaxSquaredError),
        Declare(784, "10-10", Activation.Relu, Activation.Identity, LossFunction.SoftmaxCrossEntropy, samples: 32, rate: 0.005f, timed: true),
    ];

    private static OperationCase Declare(int features, string layers, Activation hidden, Activation output, LossFunction loss,
        double density = 0.2, int skipAfter = int.MaxValue, int samples = 6, float rate = 0.1f, bool timed = false,
        CaseInput inputs = CaseInput.Floats)
    {
        var sizes = layers.Split('-').Select(int.Parse).ToArray();
        var network = new OnlineNetwork
        {
            Features = features,
            Layers = [.. sizes.Select((size, l) => new OnlineLayer(size, l < sizes.Length - 1 ? hidden : output))],
            Loss = loss,
            Scale = 1f / 255,
            SkipCorrectAfter = skipAfter,
        };
        return new()
        {
            Operation = "online-sgd",
            Parameters = [("features", features), ("layers", layers), ("hidden", hidden), ("output", output), ("loss", loss),
                ("density", density), ("skip", skipAfter == int.MaxValue ? "never" : skipAfter), ("rate", rate), ("samples", samples)],
            Input = inputs,
            Flops = 6L * network.Weights * samples,
            Bytes = (long)features * samples,
            Timed = timed,
            MovesOn = true,
            Bind = memory => Bind(memory, network, density, rate, samples),
        };
    }

    private static CaseBinding Bind(CaseMemory memory, OnlineNetwork network, double density, float rate, int samples)
    {
        var count = samples + 10;
        var values = memory.Input("values", Bytes(memory.Random, count * network.Features, density));
        var labels = memory.Input("labels", memory.Random.Array(count, r => (byte)r.Below(network.Layers[^1].Outputs)));
        var order = memory.Input("order", memory.Random.Permutation(count));
        var rates = memory.Input("rates", memory.Random.Array(CaseStep.Step + samples, r => r.Between(0.1f * rate, rate)));
        var cursor = memory.Updated("cursor", CaseStep.Cursor);
        var parameters = memory.Updated("parameters", memory.WithFlaw(memory.Random.Array(network.Parameters, r => r.Between(-0.3f, 0.3f))));
        var (totals, counts) = (memory.Updated("totals", [0.25f, 0f]), memory.Updated("counts", [5, StepCounts.None, 0, 0, 0, 0, 0, 0]));
        var control = memory.Updated("control", [-1f, 1f, 1f, 5f]);
        var operation = memory.Own(new OnlineSgd(memory.Accelerator, network, new OnlineMemory
        {
            Values = values,
            Labels = labels,
            Order = order,
            Cursor = cursor,
            Rates = rates,
            Parameters = parameters,
            Totals = totals,
            Counts = counts,
            Control = control,
        }));
        return new(operation.Prepare(samples), () =>
        {
            int[] batch = [.. order.ToArray().Skip(CaseStep.Sample).Take(samples)];
            var expected = Reference64.OnlineSgd(network, parameters.ToDoubles(), [.. batch.Select(sample => Inputs(network, values.Before, sample))],
                [.. batch.Select(sample => (int)labels.Before[sample])], [.. rates.ToDoubles().Skip(CaseStep.Step)], CaseStep.GlobalStep);
            var (sum, error) = 0.25 + expected.LossSum;
            return
            [
                Expectation.Of(parameters, expected.Parameters),
                Expectation.Of(totals, new Bounded([sum, 0 * sum], [error + (4 * Reference64.Rounding * sum), 4 * Reference64.Rounding * sum])),
                Expectation.Of(counts, [5 + expected.Correct, double.IsNaN(sum) ? CaseStep.Step : StepCounts.None, 0, 0, 0, 0, 0, 0]),
                Expectation.Of(control, new Bounded([expected.Norm.Value, 1, 1, 5], [expected.Norm.Error, 0, 0, 0])),
                Expectation.Of(cursor, [CaseStep.Step + samples, CaseStep.Sample + samples, CaseStep.GlobalStep + samples, CaseStep.Updates, CaseStep.Epoch, CaseStep.Row]),
            ];
        });
    }

    /// <summary>Bytes of which a share is not 0.</summary>
    private static byte[] Bytes(CaseRandom random, int count, double density) =>
        random.Array(count, r => r.Between(0, 1) < density ? (byte)(1 + r.Below(255)) : (byte)0);

    /// <summary>A sample as floats, rounded once.</summary>
    private static double[] Inputs(OnlineNetwork network, ReadOnlySpan<byte> values, int sample) =>
        [.. values.Slice(sample * network.Features, network.Features).ToArray().Select(b => (double)(b * network.Scale))];
}
