using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Loop;

/// <summary>
/// One step of gradient descent whose samples come in several batches, one after the other in the same memory: the gradients of each are added to
/// those before it, by its part of the samples, and the last of them is followed by the update.
/// </summary>
internal sealed class AccumulatedStep : TrainingRun
{
    private readonly Dictionary<int, GradientPass> _passes = [];
    private readonly StepEnd _end;
    private readonly Launch _step;
    private readonly Launch _lastStep;

    /// <summary>Prepares the launches.</summary>
    /// <param name="context">What all steps share, gradients and their sum among it.</param>
    /// <param name="input">What the first layer reads, with the samples of the whole step as its rows.</param>
    /// <param name="measures">Whether the gradient's norm is measured where the step is the epoch's last.</param>
    internal AccumulatedStep(StepContext context, StepInput input, bool measures)
    {
        var accelerator = context.Accelerator;
        _end = new StepEnd(context, input.Rows, measures);
        StepLaunch[] batches = [.. _end.Keep(), .. Batches(context, input)];
        StepLaunch[] end = [.. _end.Launches(context.Sum)];
        _step = StepLaunch.Sequence(accelerator, "accumulated training step", [.. batches, .. end]);
        Clock = context.Options.TimesSteps ? StepClock.Create(accelerator, _step, [.. batches, .. end]) : null;
        _lastStep = context.Options.IsControlled || !measures
            ? _step
            : StepLaunch.Sequence(accelerator, "last accumulated training step", [.. batches, .. StepLaunch.All(_end.Measure!.Of(context.Sum!.Learned), StepWork.Update), .. end]);
    }

    internal override int LaunchCount => _step.LaunchCount;

    internal override StepClock? Clock { get; }

    internal override void Run(bool isLast) => (isLast ? _lastStep : _step).Run();

    /// <summary>Batch by batch; the cursor stands at the rows of each, and behind the last at the first again.</summary>
    private IEnumerable<StepLaunch> Batches(StepContext context, StepInput input)
    {
        var (accelerator, cursor) = (context.Accelerator, context.State.Cursor);
        var (gradients, sum) = (context.Gradients!.Learned, context.Sum!.Learned);
        var first = 0;
        foreach (var rows in context.Options.Batches(input.Rows))
        {
            if (!_passes.TryGetValue(rows, out var pass))
            {
                pass = _passes[rows] = new GradientPass(context, input with { Rows = rows });
            }

            foreach (var launch in pass.Forward(_end.Scores.Slice(first, rows)).Concat(pass.Backward))
            {
                yield return launch;
            }

            var share = (float)rows / input.Rows;
            yield return new StepLaunch(
                first == 0 ? GradientShare.PrepareFirst(accelerator, gradients, share, sum) : GradientShare.PrepareNext(accelerator, gradients, share, sum), StepWork.Backward);
            first += rows;
            var next = first < input.Rows ? rows : rows - input.Rows;
            if (next != 0)
            {
                yield return new StepLaunch(RowMove.Prepare(accelerator, next, cursor), StepWork.Gather);
            }
        }
    }

    public override void Dispose()
    {
        _end.Dispose();
        foreach (var pass in _passes.Values)
        {
            pass.Dispose();
        }
    }
}
