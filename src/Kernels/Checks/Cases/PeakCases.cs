using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>The operations that a device's peaks are measured by.</summary>
internal static class PeakCases
{
    private const int Large = 262_144;

    internal static IEnumerable<OperationCase> All =>
    [
        .. from count in (int[])[0, .. OperationCases.Sizes, Large]
           select Copied(count),
        .. from count in (int[])[0, .. OperationCases.Sizes]
           from rounds in (int[])[1, 5]
           select Chains(count, rounds),
        Chains(16_384, 32),
    ];

    private static OperationCase Copied(int count) => new()
    {
        Operation = "copy",
        Parameters = [("count", count)],
        Bytes = 8L * count,
        Timed = count == Large,
        Bind = memory =>
        {
            var x = memory.Input("x", count);
            var y = memory.Output("y", count);
            return new(Copy.Prepare(memory.Accelerator, x, y), () => [Expectation.Of(y, Bounded.Exact(x.ToDoubles()))]);
        },
    };

    private static OperationCase Chains(int count, int rounds) => new()
    {
        Operation = "fma-chains",
        Parameters = [("count", count), ("rounds", rounds)],
        Flops = (long)FmaChains.FlopsPerRound * rounds * count,
        Bytes = 8L * count,
        Timed = count > 10_000,
        Bind = memory =>
        {
            var x = memory.Input("x", count);
            var y = memory.Output("y", count);
            return new(FmaChains.Prepare(memory.Accelerator, x, rounds, y),
                () => [Expectation.Of(y, Reference64.FmaChains(x.ToDoubles(), rounds))]);
        },
    };
}
