using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class TakeBackCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from count in (int[])[0, 1, 33, 1025]
           from applies in (bool[])[false, true]
           select Declare(count, applies),
        Declare(101_770, applies: false, timed: true),
    ];

    private static OperationCase Declare(int count, bool applies, bool timed = false) => new()
    {
        Operation = "take-back",
        Parameters = [("count", count), ("applies", applies)],
        Bytes = 8L * count,
        Timed = timed,
        Bind = memory =>
        {
            var before = memory.Input("before", count);
            var control = memory.Input<float>("control", [3, 1, applies ? 1 : 0, 0]);
            var numbers = memory.Updated("numbers", count);
            var expected = Bounded.Exact((applies ? numbers : before).ToDoubles());
            return new(TakeBack.Prepare(memory.Accelerator, before, control, numbers), () => [Expectation.Of(numbers, expected)]);
        },
    };
}
