using System.Globalization;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>The moving average of parameters: all learned, some, and a step that is not to be taken.</summary>
internal static class MovingAverageCases
{
    internal static IEnumerable<OperationCase> All =>
    [
        .. from count in (int[])[0, .. OperationCases.Sizes]
           from input in OperationCases.Numbers
           select Declare(count, count, input: input),
        .. from learned in (int[])[0, 1, 200, 256]
           select Declare(257, learned),
        .. from applies in (bool[])[false, true]
           select Declare(257, 200, applies: applies),
        Declare(101_770, 101_770, decay: 0.999f, timed: true),
    ];

    /// <summary><paramref name="applies"/> is null for a gradient that nobody measured.</summary>
    private static OperationCase Declare(
        int count, int learned, float decay = 0.75f, CaseInput input = CaseInput.Floats, bool? applies = null, bool timed = false) => new()
        {
            Operation = MovingAverage.Operation,
            Parameters =
            [
                ("count", count), ("learned", learned), ("decay", decay.ToString(CultureInfo.InvariantCulture)), ("applies", applies?.ToString() ?? "none"),
            ],
            Input = input,
            Bytes = 12L * count,
            Timed = timed,
            Bind = memory =>
            {
                var parameters = memory.Input("parameters", count);
                var average = memory.Updated("average", count);
                var control = applies is { } taken ? memory.Input("control", [1f, 1f, taken ? 1f : 0f, 0f]).View : (DeviceView<float>?)null;
                return new(MovingAverage.Prepare(memory.Accelerator, parameters, decay, learned, control, average), () => [Expectation.Of(
                    average, applies == false ? Bounded.Exact(average.ToDoubles())
                        : Reference64.MovingAverage(parameters.ToDoubles(), average.ToDoubles(), decay, learned))]);
            },
        };
}
