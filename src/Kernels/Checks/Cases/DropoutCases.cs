using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class DropoutCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from n in OperationCases.Sizes
           from m in (int[])[1, 2, 33]
           from rate in (float[])[0.2f, 0.5f]
           select Declare(m, n, rate),
        Declare(0, 10, 0.5f),
        Declare(3, 65, 0),
        Declare(3, 65, 0.999f),
        Declare(7, 130, 0.5f, CaseInput.Integers),
        Declare(7, 130, 0.5f, CaseInput.WithNaN),
        Declare(7, 130, 0.5f, inPlace: true),
        Declare(128, 512, 0.2f, timed: true),
    ];

    private static OperationCase Declare(int m, int n, float rate, CaseInput input = CaseInput.Floats, bool inPlace = false, bool timed = false) => new()
    {
        Operation = "dropout",
        Parameters = [("m", m), ("n", n), ("rate", rate), .. inPlace ? [("in-place", true)] : Array.Empty<(string, object)>()],
        Input = input,
        Bytes = 8L * m * n,
        Timed = timed,
        Bind = memory =>
        {
            var mask = new DropoutMask(memory.Random.Bits(), memory.Random.Below(100), rate);
            var x = inPlace ? memory.Updated("x", m * n) : memory.Input("x", m * n);
            var cursor = memory.Input("cursor", CaseStep.Cursor);
            var y = inPlace ? x : memory.Output("y", m * n);
            return new(Dropout.Prepare(memory.Accelerator, mask, cursor, x, m, n, y), () =>
                [Expectation.Of(y, Reference64.Dropout(x.ToDoubles(), Reference64.DropoutKeeps(mask, CaseStep.GlobalStep, CaseStep.Row, m, n), rate))]);
        },
    };
}
