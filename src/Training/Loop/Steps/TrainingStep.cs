using Gpu.Kernels.Devices;

namespace Gpu.Training.Loop;

/// <summary>
/// One step of gradient descent on a batch of a fixed size: forward, loss, backward, update. Made once; a run is the same
/// launches every time.
/// </summary>
internal sealed class TrainingStep : TrainingRun
{
    /// <summary>Steps of a call: a driver's call takes as long as a short step, and a wish to stop waits for all of them.</summary>
    private const int StepsOfCall = 16;

    private readonly GradientPass _pass;
    private readonly StepEnd _end;
    private readonly Launch _step;
    private readonly Launch _lastStep;
    private readonly Launch? _steps;

    /// <summary>Prepares the launches.</summary>
    /// <param name="context">What all steps share.</param>
    /// <param name="input">What the first layer reads.</param>
    /// <param name="count">How many such steps an epoch has.</param>
    /// <param name="measures">Whether the gradient's norm is measured where the step is the epoch's last.</param>
    internal TrainingStep(StepContext context, StepInput input, int count, bool measures)
    {
        var accelerator = context.Accelerator;
        _pass = new GradientPass(context, input);
        _end = new StepEnd(context, input.Rows, measures);
        StepLaunch[] begin = [.. _end.Keep(), .. _pass.Forward(_end.Scores)];
        StepLaunch[] step = [.. begin, .. _pass.Backward, .. _end.Launches(context.Gradients, _pass.Descended)];
        _step = StepLaunch.Sequence(accelerator, "training step", step);
        Clock = context.Options.TimesSteps ? StepClock.Create(accelerator, _step, step) : null;
        _steps = count > StepsOfCall ? Join(accelerator) : null;
        _lastStep = context.Options.IsControlled || !measures
            ? _step
            : accelerator.Sequence("last training step", [.. begin.Select(one => one.Launch), .. _pass.MeasuredBackward(_end.Measure!),
                .. _end.Launches(context.Gradients).Select(one => one.Launch)]);
    }

    internal override int LaunchCount => _step.LaunchCount;

    internal override StepClock? Clock { get; }

    /// <summary>Several steps in one call; null where the device takes them one by one, or has no room left for more.</summary>
    private Launch? Join(ComputeAccelerator accelerator)
    {
        try
        {
            return accelerator.JoinsSequences ? accelerator.Sequence("training steps", [.. Enumerable.Repeat(_step, StepsOfCall)]) : null;
        }
        catch (OutOfDeviceMemoryException)
        {
            return null;
        }
    }

    internal override int Repeats => _steps is null ? 1 : StepsOfCall;

    internal override void RunRepeats() => (_steps ?? _step).Run();

    internal override void Run(bool isLast) => (isLast ? _lastStep : _step).Run();

    public override void Dispose()
    {
        _end.Dispose();
        _pass.Dispose();
    }
}
