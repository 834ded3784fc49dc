using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class SlopedReluCases
{
    /// <summary>Enough for the twin to be cut, and an uneven end.</summary>
    private const int Large = 40_003;

    internal static IEnumerable<OperationCase> All =>
    [
        .. from slope in (float[])[0, 0.2f]
           from count in (int[])[0, .. OperationCases.Sizes, Large]
           from declaration in new[] { Forward(slope, count), Backward(slope, count) }
           select declaration,
        Forward(0.2f, 33, CaseInput.WithNaN),
        Backward(0.2f, 33, CaseInput.WithNaN),
    ];

    private static OperationCase Forward(float slope, int count, CaseInput input = CaseInput.Floats) => new()
    {
        Operation = "sloped-relu-forward",
        Parameters = [("slope", slope), ("count", count)],
        Input = input,
        Bytes = 8L * count,
        Timed = count == Large,
        Bind = memory =>
        {
            var (x, y) = (memory.Input("x", count), memory.Output("y", count));
            return new(SlopedRelu.PrepareForward(memory.Accelerator, x, slope, y), () => [Expectation.Of(y, Reference64.SlopedRelu(x.ToDoubles(), slope))]);
        },
    };

    private static OperationCase Backward(float slope, int count, CaseInput input = CaseInput.Floats) => new()
    {
        Operation = "sloped-relu-backward",
        Parameters = [("slope", slope), ("count", count)],
        Input = input,
        Bytes = 12L * count,
        Timed = count == Large,
        Bind = memory =>
        {
            var (x, dy, dx) = (memory.Input("x", count), memory.Input("dy", count), memory.Output("dx", count));
            return new(SlopedRelu.PrepareBackward(memory.Accelerator, x, dy, slope, dx),
                () => [Expectation.Of(dx, Reference64.SlopedReluBackward(x.ToDoubles(), dy.ToDoubles(), slope))]);
        },
    };
}
