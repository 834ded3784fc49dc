using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>All losses have the same arguments, and the same cases; some take probabilities and are there to learn from alone.</summary>
internal static class LossCases
{
    private delegate Launch Prepare(ComputeAccelerator accelerator, LossBatch batch);

    private delegate LossReference Reference(double[] outputs, int[] labels, int m, int n);

    private static readonly Loss[] _losses =
    [
        new("softmax-cross-entropy", SoftmaxCrossEntropy.Prepare, Reference64.SoftmaxCrossEntropy),
        new("softmax-mse", SoftmaxSquaredError.Prepare, Reference64.SoftmaxSquaredError),
        new("binary-cross-entropy", BinaryCrossEntropy.Prepare, Reference64.BinaryCrossEntropy),
        new("cross-entropy", CrossEntropy.Prepare, Reference64.CrossEntropy, OfProbabilities: true),
        new("squared-error", SquaredError.Prepare, Reference64.SquaredError),
    ];

    internal static IEnumerable<OperationCase> All =>
    [
        .. from loss in _losses
           from shape in ((int M, int N)[])[(0, 10), (1, 1), (1, 10), (2, 2), (5, 31), (7, 32), (3, 33), (127, 10), (4, 257), (32, 10), (1000, 10)]
           from spread in (float[])[1, 100]
           from gradient in loss.OfProbabilities ? [true] : (bool[])[true, false]
           select Declare(loss, shape.M, shape.N, spread, gradient),
        .. from loss in _losses
           from shape in ((int M, int N)[])[(1, 1), (3, 2), (5, 33)]
           from gradient in loss.OfProbabilities ? [true] : (bool[])[true, false]
           select Declare(loss, shape.M, shape.N, spread: 1, gradient, CaseInput.WithNaN),
    ];

    private static OperationCase Declare(Loss loss, int m, int n, float spread, bool gradient, CaseInput input = CaseInput.Floats) => new()
    {
        Operation = loss.Name,
        Parameters = [("m", m), ("n", n), ("spread", spread), ("gradient", gradient)],
        Input = input,
        Bytes = 4L * ((m * n * (gradient ? 2 : 1)) + (3 * m)),
        Timed = input == CaseInput.Floats && spread == 1 && ((m == 32 && gradient) || m == 1000) && n == 10,
        Bind = memory => Bind(memory, loss, m, n, spread, gradient),
    };

    private static CaseBinding Bind(CaseMemory memory, Loss loss, int m, int n, float spread, bool gradient)
    {
        var logits = memory.Random.Array(m * n, r => r.Between(-spread, spread));
        var outputs = memory.Input("outputs", memory.WithFlaw(loss.OfProbabilities ? Probabilities(logits, m, n) : logits));
        var labels = memory.Input("labels", memory.Random.Array(m, r => r.Below(n)));
        var losses = memory.Output("losses", m);
        var correct = memory.Output<int>("correct", m);
        var da = gradient ? memory.Output("gradient", m * n) : null;
        return new(loss.Prepare(memory.Accelerator, new(outputs, labels, m, n, losses, correct, da?.View)), () =>
        {
            var expected = loss.Reference(outputs.ToDoubles(), labels.ToArray(), m, n);
            return
            [
                Expectation.Of(losses, expected.Losses),
                Expectation.Of(correct, expected.Correct),
                .. da is null ? Array.Empty<Expectation>() : [Expectation.Of(da, expected.Gradient)],
            ];
        });
    }

    private static float[] Probabilities(float[] logits, int m, int n) =>
        [.. Reference64.SoftmaxForward([.. logits.Select(value => (double)value)], m, n).Values.Select(value => (float)value)];

    private sealed record Loss(string Name, Prepare Prepare, Reference Reference, bool OfProbabilities = false);
}
