using System.Globalization;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>The norm of a gradient, what follows from it, and the search for what is not finite.</summary>
internal static class GradientNormCases
{
    private const int Rows = 70;

    internal static IEnumerable<OperationCase> All =>
    [
        .. from count in (int[])[0, 1, 63, 784, GradientNorm.Chunk, GradientNorm.Chunk + 65, (3 * GradientNorm.Chunk) - 1]
           from input in OperationCases.Numbers
           select Squares(count, input),
        Squares(101_770, CaseInput.Floats, timed: true),
        .. from count in (int[])[0, 1, 64, 2900]
           select Norm(count, clip: null),
        .. from clip in (float[])[0.5f, 1e6f]
           from skips in (bool[])[false, true]
           select Norm(25, clip, skips, timed: clip == 0.5f && skips),
        .. from flaw in (float[])[float.NaN, float.PositiveInfinity]
           from isLoss in (bool[])[false, true]
           from skips in (bool[])[false, true]
           select Norm(65, 1f, skips, flaw, isLoss),
        .. from count in (int[])[1, 33, 1025, 40_000]
           from flaw in (float?[])[null, float.NaN, float.NegativeInfinity]
           select Search(count, flaw),
        Search(101_770, null, timed: true),
    ];

    private static OperationCase Squares(int count, CaseInput input, bool timed = false) => new()
    {
        Operation = "gradient-squares",
        Parameters = [("count", count)],
        Input = input,
        Bytes = 4L * count,
        Timed = timed,
        Bind = memory =>
        {
            var values = memory.Input("values", count);
            var sums = memory.Output("sums", GradientNorm.Sums(count));
            return new(GradientNorm.PrepareSquares(memory.Accelerator, values, sums),
                () => [Expectation.Of(sums, Reference64.GradientSquares(values.ToDoubles(), GradientNorm.Chunk))]);
        },
    };

    /// <param name="count">Sums.</param>
    /// <param name="clip">The largest norm, or null.</param>
    /// <param name="skips">Whether bad steps are skipped.</param>
    /// <param name="flaw">What stands in the middle of the sums or losses, or null.</param>
    /// <param name="isLoss">Whether it stands among the losses.</param>
    /// <param name="timed">Whether it is worth timing.</param>
    private static OperationCase Norm(int count, float? clip, bool skips = false, float? flaw = null, bool isLoss = false, bool timed = false) => new()
    {
        Operation = "gradient-norm",
        Parameters = [("count", count), ("clip", Text(clip)), ("skips", skips), ("flaw", $"{Text(flaw)}{(isLoss ? "-loss" : "")}")],
        Bytes = 4L * (count + Rows),
        Timed = timed,
        Bind = memory =>
        {
            var values = memory.Random.Array(count, r => r.Between(0, 3));
            var rows = memory.Random.Array(Rows, r => r.Between(0, 3));
            if (flaw is { } bad)
            {
                (isLoss ? rows : values)[isLoss ? Rows / 2 : count / 2] = bad;
            }

            var sums = memory.Input("sums", values);
            var losses = memory.Input("losses", rows);
            var control = memory.Updated("control", [-1f, -1f, -1f, 5f]);
            return new(GradientNorm.PrepareNorm(memory.Accelerator, sums, losses, clip, skips, control), () =>
            {
                var expected = Reference64.GradientNorm(sums.ToDoubles(), clip);
                return [Expectation.Of(control, new Bounded(
                    [.. expected.Values, skips && flaw is not null ? 0 : 1, 5], [.. expected.Allowed.Select(a => double.IsFinite(a) ? a : 0), 0, 0]))];
            });
        },
    };

    private static OperationCase Search(int count, float? flaw, bool timed = false) => new()
    {
        Operation = "non-finite",
        Parameters = [("count", count), ("flaw", Text(flaw))],
        Bytes = 4L * count,
        Timed = timed,
        Bind = memory =>
        {
            var elements = memory.Random.Array(count, r => r.Between(-1e38f, 1e38f));
            foreach (var at in (int[])[count / 3, count / 2, count - 1])
            {
                elements[at] = flaw ?? elements[at];
            }

            var values = memory.Input("values", elements);
            var first = memory.Updated("first", [StepCounts.None]);
            return new(NonFinite.Prepare(memory.Accelerator, values, first),
                () => [Expectation.Of(first, [flaw is null ? StepCounts.None : count / 3])]);
        },
    };

    private static string Text(float? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "none";
}
