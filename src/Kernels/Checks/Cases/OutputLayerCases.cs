using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>The last layer in one launch.</summary>
internal static class OutputLayerCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from loss in Enum.GetValues<LossFunction>()
           from shape in ((int M, int K, int N)[])[(1, 1, 1), (3, 10, 10), (2, 65, 17), (2, 130, 64)]
           select Declare(shape.M, shape.K, shape.N, loss),
        .. from activation in Activations.All
           select Declare(3, 33, 10, LossFunction.SoftmaxCrossEntropy, activation, activation),
        .. from skipAfter in (int[])[CaseStep.GlobalStep, CaseStep.GlobalStep + 1]
           select Declare(7, 20, 3, LossFunction.SoftmaxCrossEntropy, Activation.Relu, skipAfter: skipAfter),
        .. from loss in Enum.GetValues<LossFunction>()
           from activation in (Activation[])[Activation.Identity, Activation.Relu]
           select Declare(5, 33, 10, loss, Activation.Relu, activation, inputs: CaseInput.WithNaN),
        Declare(32, 128, 10, LossFunction.SoftmaxCrossEntropy, Activation.Relu, timed: true),
        Declare(5, 500, 10, LossFunction.SoftmaxCrossEntropy, Activation.ScaledTanh),
    ];

    private static OperationCase Declare(int m, int k, int n, LossFunction loss, Activation input = Activation.Sigmoid,
        Activation output = Activation.Identity, int skipAfter = int.MaxValue, bool timed = false, CaseInput inputs = CaseInput.Floats)
    {
        var settings = new OutputLayerSettings
        {
            Rows = m,
            Inputs = k,
            Outputs = n,
            InputActivation = input,
            Activation = output,
            Loss = loss,
            SkipCorrectAfter = skipAfter,
        };
        return new()
        {
            Operation = "output-layer",
            Variant = OutputLayer.Fused,
            Parameters = [("m", m), ("k", k), ("n", n), ("loss", loss), ("input", input), ("output", output),
                ("skip", skipAfter == int.MaxValue ? "never" : skipAfter)],
            Input = inputs,
            Flops = 4L * m * k * n,
            Bytes = 4L * ((2L * m * k) + (k * n) + (m * n)),
            Timed = timed,
            Bind = memory => Bind(memory, settings),
        };
    }

    private static CaseBinding Bind(CaseMemory memory, OutputLayerSettings settings)
    {
        var (m, k, n) = (settings.Rows, settings.Inputs, settings.Outputs);
        var count = m + CaseStep.Sample + 2;
        var x = memory.Input("x", m * k);
        var xKept = Activations.KeepsSum(settings.InputActivation) ? memory.Input("xKept", m * k) : x;
        var w = memory.Input("w", k * n);
        var bias = memory.Input("bias", n);
        var labels = memory.Input("labels", memory.Random.Array(count, r => (byte)r.Below(n)));
        var order = memory.Input("order", memory.Random.Permutation(count));
        var cursor = memory.Input("cursor", CaseStep.Cursor);
        var (losses, correct) = (memory.Output("losses", m), memory.Output<int>("correct", m));
        var (dy, dx) = (memory.Output("dy", m * n), memory.Output("dx", m * k));
        var launch = OutputLayer.Prepare(memory.Accelerator, settings, new OutputLayerMemory
        {
            X = x,
            XKept = xKept,
            Weights = w,
            Bias = bias,
            Labels = labels,
            Order = order,
            Cursor = cursor,
            Losses = losses,
            Correct = correct,
            Dy = dy,
            Dx = dx,
        });
        return new(launch, () =>
        {
            int[] batch = [.. order.ToArray().Skip(CaseStep.Sample).Take(m).Select(sample => (int)labels.Before[sample])];
            var expected = Reference64.OutputLayer(settings, x.ToDoubles(), xKept.ToDoubles(), w.ToDoubles(), bias.ToDoubles(), batch,
                CaseStep.GlobalStep >= settings.SkipCorrectAfter);
            return
            [
                Expectation.Of(losses, expected.Losses),
                Expectation.Of(correct, expected.Correct),
                Expectation.Of(dy, expected.Dy),
                Expectation.Of(dx, expected.Dx),
            ];
        });
    }
}
