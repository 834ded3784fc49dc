using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class ActivationCases
{
    /// <summary>Enough for the twin to be cut, and an uneven end.</summary>
    private const int Large = 40_003;

    internal static IEnumerable<OperationCase> All =>
    [
        .. from activation in Activations.All
           from count in (int[])[0, .. OperationCases.Sizes, Large]
           from declaration in new[] { Forward(activation, count), Backward(activation, count), BackwardInPlace(activation, count) }
           select declaration,
        .. from activation in Activations.All
           from declaration in new[] { Forward(activation, 33, CaseInput.WithNaN), Backward(activation, 33, CaseInput.WithNaN) }
           select declaration,
    ];

    private static OperationCase Forward(Activation activation, int count, CaseInput input = CaseInput.Floats) => new()
    {
        Operation = "activation-forward",
        Parameters = [("activation", activation), ("count", count)],
        Input = input,
        Bytes = 8L * count,
        Timed = count == Large,
        Bind = memory =>
        {
            var a = memory.Input("a", Sums(memory, count));
            var y = memory.Output("y", count);
            return new(Activations.PrepareForward(memory.Accelerator, activation, a, y),
                () => [Expectation.Of(y, Reference64.ActivationForward(activation, a.ToDoubles()))]);
        },
    };

    private static OperationCase Backward(Activation activation, int count, CaseInput input = CaseInput.Floats) => new()
    {
        Operation = "activation-backward",
        Parameters = [("activation", activation), ("count", count)],
        Input = input,
        Bytes = 12L * count,
        Timed = count == Large,
        Bind = memory =>
        {
            var kept = memory.Input("kept", Kept(memory, activation, count));
            var dy = memory.Input("dy", count);
            var da = memory.Output("da", count);
            return new(Activations.PrepareBackward(memory.Accelerator, activation, kept, dy, da),
                () => [Expectation.Of(da, Reference64.ActivationBackward(activation, kept.ToDoubles(), dy.ToDoubles()))]);
        },
    };

    private static OperationCase BackwardInPlace(Activation activation, int count) => new()
    {
        Operation = "activation-backward",
        Parameters = [("activation", activation), ("count", count), ("in-place", true)],
        Bytes = 12L * count,
        Bind = memory =>
        {
            var kept = memory.Input("kept", Kept(memory, activation, count));
            var dy = memory.Updated("dy", count);
            return new(Activations.PrepareBackward(memory.Accelerator, activation, kept, dy, dy),
                () => [Expectation.Of(dy, Reference64.ActivationBackward(activation, kept.ToDoubles(), dy.ToDoubles()))]);
        },
    };

    /// <summary>Sums on both sides of 0, with some so large that every activation has reached its end.</summary>
    private static float[] Sums(CaseMemory memory, int count) =>
        memory.WithFlaw(memory.Random.Array(count, r => r.Below(16) == 0 ? r.Between(-1e4f, 1e4f) : r.Between(-6, 6)));

    /// <summary>What the derivative is taken from: the sums, or the outputs.</summary>
    private static float[] Kept(CaseMemory memory, Activation activation, int count) =>
        [.. Reference64.ActivationKept(activation, [.. Sums(memory, count).Select(a => (double)a)]).Select(value => (float)value)];
}
