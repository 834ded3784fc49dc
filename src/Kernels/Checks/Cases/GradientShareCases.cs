using System.Globalization;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>The first batch of a step and the next ones; what the sum held before the first, NaN among it, is not read.</summary>
internal static class GradientShareCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from count in (int[])[0, .. OperationCases.Sizes]
           from adds in (bool[])[false, true]
           from input in OperationCases.Numbers
           select Declare(count, adds, 0.25f, input),
        Declare(257, adds: true, 0.3f),
        Declare(257, adds: true, 0.25f, CaseInput.WithNaN),
        Declare(257, adds: false, 0.25f, CaseInput.WithNaN),
        Declare(101_770, adds: true, 0.25f, timed: true),
    ];

    private static OperationCase Declare(int count, bool adds, float share, CaseInput input = CaseInput.Floats, bool timed = false) => new()
    {
        Operation = "gradient-share",
        Parameters = [("count", count), ("adds", adds), ("share", share.ToString(CultureInfo.InvariantCulture))],
        Input = input,
        Bytes = 12L * count,
        Timed = timed,
        Bind = memory =>
        {
            var gradient = memory.Input("gradient", count);
            var sum = memory.Updated("sum", count);
            var expected = Reference64.GradientShare(gradient.ToDoubles(), share, adds ? sum.ToDoubles() : new double[count]);
            return new(
                adds ? GradientShare.PrepareNext(memory.Accelerator, gradient, share, sum) : GradientShare.PrepareFirst(memory.Accelerator, gradient, share, sum),
                () => [Expectation.Of(sum, expected)]);
        },
    };
}
