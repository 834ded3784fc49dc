using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>
/// Steps of one sample each, many to a launch: with a batch of one, starting launches would cost more than the arithmetic.
/// </summary>
internal sealed class OnlineRun : TrainingRun
{
    /// <summary>Most samples of a launch: enough to forget its start, few enough to stop at once when asked to.</summary>
    private const int MostSamples = 1000;

    private readonly OnlineSgd _steps;
    private readonly Launch _launch;

    internal OnlineRun(StepContext context, StepInput input)
    {
        _steps = new OnlineSgd(context.Accelerator, Network(context.Shape, context.Options), Memory(context, input));
        _launch = _steps.Prepare(input.Rows);
    }

    /// <summary>
    /// Whether steps are fused: plain descent on single samples whose zero bytes are zero inputs, on a device that gains by it,
    /// unless <c>GPU_FORCE_STEP</c> says otherwise.
    /// </summary>
    internal static bool Suits(ComputeAccelerator accelerator, NetworkShape shape, TrainerOptions options, bool areFloats)
    {
        var can = !areFloats && shape is { IsDense: true, Loss.Fused: not null }
            && options is { BatchSize: 1, IsPlainDescent: true, Ema: null, Scaling.Offset: 0, Loss.IsPlain: true, Augmentation: null };
        return accelerator.Variants.Forced(OnlineSgd.Choices, options.StepVariant) switch
        {
            OnlineSgd.Launches or OnlineSgd.Unfused => false,
            OnlineSgd.Fused when can => true,
            OnlineSgd.Fused => throw TrainingException.BadUsage(
                $"{OnlineSgd.Choices.Variable}={OnlineSgd.Fused} needs samples of bytes, dense layers alone, a loss behind softmax or sigmoid without smoothing and class weights, a batch size of 1, plain sgd (no momentum, no L2, no decay), no clipping, no ema, no skipping of bad "
                + "steps, no augmentation and a scale without offset: change these, or unset it."),
            _ => can && OnlineSgd.IsWorthwhile(accelerator),
        };
    }

    /// <summary>Samples of a launch, such that launches end at every multiple of <see cref="TrainerOptions.StopEvery"/>.</summary>
    internal static int Samples(int stopEvery) => stopEvery <= MostSamples
        ? stopEvery == 0 ? MostSamples : stopEvery
        : Enumerable.Range(1, MostSamples).Last(count => stopEvery % count == 0);

    internal override int LaunchCount => _launch.LaunchCount;

    internal override void Run(bool isLast) => _launch.Run();

    public override void Dispose() => _steps.Dispose();

    internal static OnlineNetwork Network(NetworkShape shape, TrainerOptions options) => new()
    {
        Features = shape.Inputs,
        Layers = [.. shape.Layers.Select(layer => new OnlineLayer(layer.Outputs, layer.Activation))],
        Loss = shape.Loss.Fused!.Value,
        Scale = options.Scaling.Scale,
        SkipCorrectAfter = options.SkipCorrectAfter ?? int.MaxValue,
    };

    private static OnlineMemory Memory(StepContext context, StepInput input) => new()
    {
        Values = input.Feed.Values,
        Labels = input.Feed.Labels,
        Order = input.Feed.Order,
        Cursor = context.State.Cursor,
        Rates = context.State.Rates,
        Parameters = context.Parameters.Buffer,
        Totals = context.State.Totals,
        Counts = context.State.Counts,
        Control = context.State.Control,
    };
}
