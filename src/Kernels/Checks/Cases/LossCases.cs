using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>All losses have the same arguments, and the same cases.</summary>
internal static class LossCases
{
    private delegate Launch Prepare(ComputeAccelerator accelerator, LossBatch batch);

    private delegate LossReference Reference(double[] outputs, int[] labels, int m, int n);

    private static readonly (string Name, Prepare Prepare, Reference Reference)[] _losses =
    [
        ("softmax-cross-entropy", SoftmaxCrossEntropy.Prepare, Reference64.SoftmaxCrossEntropy),
        ("softmax-mse", SoftmaxSquaredError.Prepare, Reference64.SoftmaxSquaredError),
        ("binary-cross-entropy", BinaryCrossEntropy.Prepare, Reference64.BinaryCrossEntropy),
    ];

    internal static IEnumerable<OperationCase> All =>
    [
        .. from loss in _losses
           from shape in ((int M, int N)[])[(0, 10), (1, 1), (1, 10), (2, 2), (5, 31), (7, 32), (3, 33), (127, 10), (4, 257), (32, 10), (1000, 10)]
           from spread in (float[])[1, 100]
           from gradient in (bool[])[true, false]
           select Loss(loss.Name, loss.Prepare, loss.Reference, shape.M, shape.N, spread, gradient),
        .. from loss in _losses
           from shape in ((int M, int N)[])[(1, 1), (3, 2), (5, 33)]
           from gradient in (bool[])[true, false]
           select Loss(loss.Name, loss.Prepare, loss.Reference, shape.M, shape.N, spread: 1, gradient, CaseInput.WithNaN),
    ];

    private static OperationCase Loss(string name, Prepare prepare, Reference reference, int m, int n, float spread, bool gradient,
        CaseInput input = CaseInput.Floats) => new()
        {
            Operation = name,
            Parameters = [("m", m), ("n", n), ("spread", spread), ("gradient", gradient)],
            Input = input,
            Bytes = 4L * ((m * n * (gradient ? 2 : 1)) + (3 * m)),
            Timed = input == CaseInput.Floats && spread == 1 && ((m == 32 && gradient) || m == 1000) && n == 10,
            Bind = memory => Bind(memory, prepare, reference, m, n, spread, gradient),
        };

    private static CaseBinding Bind(CaseMemory memory, Prepare prepare, Reference reference, int m, int n, float spread, bool gradient)
    {
        var outputs = memory.Input("outputs", memory.WithFlaw(memory.Random.Array(m * n, r => r.Between(-spread, spread))));
        var labels = memory.Input("labels", memory.Random.Array(m, r => r.Below(n)));
        var losses = memory.Output("losses", m);
        var correct = memory.Output<int>("correct", m);
        var da = gradient ? memory.Output("gradient", m * n) : null;
        return new(prepare(memory.Accelerator, new(outputs, labels, m, n, losses, correct, da?.View)), () =>
        {
            var expected = reference(outputs.ToDoubles(), labels.ToArray(), m, n);
            return
            [
                Expectation.Of(losses, expected.Losses),
                Expectation.Of(correct, expected.Correct),
                .. da is null ? Array.Empty<Expectation>() : [Expectation.Of(da, expected.Gradient)],
            ];
        });
    }
}
