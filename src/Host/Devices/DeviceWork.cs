using System.Globalization;
using Gpu.Training.Networks;

namespace Gpu.Host.Devices;

/// <summary>
/// What a device is chosen for, and the rule that <c>--device auto</c> goes by. It looks at sizes alone, never at a clock, so that
/// the same command chooses the same device on every start.
/// </summary>
/// <remarks>
/// Training is a row of steps, and a step is a handful of launches that each cost a GPU some microseconds whatever they compute. The
/// limits below are about what a processor of two cores does in that time: with fewer weights, or fewer products of a weight and a
/// sample in a step, the GPU would wait for its launches. Evaluation and prediction read each sample once; there the seconds in
/// which a GPU's driver starts and compiles must be earned.
/// </remarks>
internal sealed record DeviceWork
{
    /// <summary>A network of fewer weights is trained on the CPU: 784-10 has 7,840.</summary>
    internal const long LeastWeights = 10_000;

    /// <summary>Steps of fewer products, weights times samples, are taken on the CPU: one sample at a time, all but the widest networks.</summary>
    internal const long LeastProductsOfStep = 1_000_000;

    /// <summary>Fewer products than these, weights times samples, are computed on the CPU where nothing is trained.</summary>
    internal const long LeastProductsOfAnswers = 50_000_000_000;

    private DeviceWork(string? tooSmall) => TooSmall = tooSmall;

    /// <summary>Null where a GPU is worth its start, else why not.</summary>
    internal string? TooSmall { get; }

    /// <summary>Training of a network in steps of so many samples.</summary>
    internal static DeviceWork Training(NetworkShape shape, int batchSize) => new(
        shape.MultiplyAdds < LeastWeights
            ? Say($"{shape} is too small for a GPU: it has {Products(shape)}, fewer than {LeastWeights:N0}")
        : shape.MultiplyAdds * batchSize < LeastProductsOfStep
            ? Say($"a step is too small for a GPU: {Products(shape)} x batch size {batchSize:N0} are fewer than {LeastProductsOfStep:N0}")
        : null);

    /// <summary>One pass of a trained network over so many samples.</summary>
    internal static DeviceWork Answering(NetworkShape shape, int samples) => new(
        shape.MultiplyAdds * samples < LeastProductsOfAnswers
            ? Say($"one pass is too little for a GPU: {Products(shape)} x {samples:N0} samples are fewer than {LeastProductsOfAnswers:N0}")
            : null);

    /// <summary>Each weight of a dense layer is in one product a sample, that of a convolution in many.</summary>
    private static string Products(NetworkShape shape) =>
        Say(shape.IsDense ? (FormattableString)$"{shape.WeightCount:N0} weights" : $"{shape.MultiplyAdds:N0} products of weights");

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
