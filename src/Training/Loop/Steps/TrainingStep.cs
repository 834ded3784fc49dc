using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Loop;

/// <summary>
/// One step of gradient descent on a batch of a fixed size: forward, loss, backward, update. Made once; a run is the same
/// launches every time.
/// </summary>
internal sealed class TrainingStep : TrainingRun
{
    /// <summary>Steps of a call: a driver's call takes as long as a short step, and a wish to stop waits for all of them.</summary>
    private const int StepsOfCall = 16;

    private readonly StepContext _context;
    private readonly ForwardPass _forward;
    private readonly LossLayer _loss;
    private readonly GradientMeasure? _measure;
    private readonly DeviceBuffer<float>? _statisticsBefore;
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
        _context = context;
        var accelerator = context.Accelerator;
        _forward = new ForwardPass(accelerator, context.Shape, context.Parameters, input, context.Learning);
        var isControlled = context.Options.IsControlled;
        _loss = new LossLayer(accelerator, _forward, context.State, context.Options.Loss, isControlled ? context.State.Control : null);
        _measure = measures || isControlled ? new GradientMeasure(context, _loss.Losses) : null;
        var isFused = _loss.FusesOutput;
        var output = _forward.Layers[^1].Above;
        _statisticsBefore = context.Options.SkipBadSteps && context.Parameters.Statistics.Length > 0
            ? accelerator.Allocate<float>(context.Parameters.Statistics.Length) : null;
        Launch[] keep = _statisticsBefore is null ? [] : [Copy.Prepare(accelerator, context.Parameters.Statistics, _statisticsBefore)];
        Launch[] begin = isFused
            ? [.. keep, .. _forward.HiddenLaunches, _loss.PrepareOutputLayer(context, input.Feed)]
            : [.. keep, .. _forward.Launches, _loss.Prepare(output.Gradient),
                .. context.OutputBackward(input.Rows, output.Kept, _loss.Correct, output.Gradient!.Value)];
        Launch?[] inputs = [.. InputGradients(_forward.Layers.Count - (isFused ? 2 : 1))];
        Launch?[] parameters = [.. Parameters()];
        Launch[] descent = [.. Descent(isControlled), .. context.Settle()];
        Launch[] backward = accelerator.JoinsSequences ? [Overlap(inputs, parameters)] : [.. Down(inputs), All(parameters)];
        _step = accelerator.Sequence("training step", [.. begin, .. backward, .. descent, _loss.Tally]);
        _steps = count > StepsOfCall ? Join(accelerator) : null;
        _lastStep = isControlled || !measures
            ? _step
            : accelerator.Sequence("last training step", [.. begin, .. MeasuredBackward(inputs, parameters), .. descent, _loss.Tally]);
    }

    internal override int LaunchCount => _step.LaunchCount;

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

    /// <summary>The gradients by the sums of each layer that has one after it, from the first on up to a layer: what each of those after it does; null where that is nothing.</summary>
    private IEnumerable<Launch?> InputGradients(int last) =>
        Enumerable.Range(1, last).Select(l => _forward.Layers[l - 1].Above.Gradient is null ? null : Joined("input gradient", [.. _forward.Layers[l].InputGradient()]));

    /// <summary>What is done to the parameters of each layer: their gradient, or all of plain descent; null for a layer that has none.</summary>
    private IEnumerable<Launch?> Parameters() => _context.Shape.Layers.Select((layer, l) =>
        layer.ParameterCount == 0 ? null
        : _context.Gradients is { } gradients ? Joined("gradient", [.. LayerGradient(l, gradients.Of(l))])
        : _forward.Layers[l].Update(_context.State.Rates));

    private Launch? Joined(string name, Launch[] launches) => launches.Length switch
    {
        0 => null,
        1 => launches[0],
        _ => _context.Accelerator.Sequence(name, launches),
    };

    /// <summary>
    /// The way back through the layers, with all that is done to a layer's parameters beside what goes on below it: once the gradient that goes
    /// down has read the weights, nothing else wants them, so that small launches fill each other's gaps.
    /// </summary>
    private Launch Overlap(Launch?[] inputs, Launch?[] parameters)
    {
        var chain = parameters[0];
        for (var l = 1; l < parameters.Length; l++)
        {
            Launch[] both = [.. Present([parameters[l], chain])];
            var beside = both.Length < 2 ? both.FirstOrDefault() : _context.Accelerator.Independent("backward", both);
            chain = l <= inputs.Length ? Joined("backward", [.. Present([inputs[l - 1], beside])]) : beside;
        }

        return chain!;
    }

    /// <summary>The gradients that go down, from the last layer on.</summary>
    private static IEnumerable<Launch> Down(Launch?[] inputs) => Present(inputs.AsEnumerable().Reverse());

    private static IEnumerable<Launch> Present(IEnumerable<Launch?> launches) => launches.OfType<Launch>();

    /// <summary>
    /// What is done to each layer's parameters. Plain descent changes them in the launch that makes their gradient; everything else, and a norm
    /// that decides on the step, need the gradients of all layers in memory, then one launch for the whole network.
    /// </summary>
    private Launch All(Launch?[] parameters) =>
        _context.Accelerator.Independent(_context.Gradients is null ? "update" : "gradients", [.. Present(parameters)]);

    /// <summary>What follows once the gradients of all layers are in memory; nothing where each layer was changed by itself.</summary>
    private IEnumerable<Launch> Descent(bool isControlled)
    {
        if (_context.Gradients is not { } gradients)
        {
            yield break;
        }

        if (isControlled)
        {
            foreach (var launch in _measure!.Of(gradients.Learned))
            {
                yield return launch;
            }
        }

        yield return _context.Descend(gradients);
        if (_statisticsBefore is { } before)
        {
            // What layers measured on the way there goes back with a step that is skipped.
            yield return TakeBack.Prepare(_context.Accelerator, before, _context.State.Control, _context.Parameters.Statistics);
        }
    }

    /// <summary>The same way back, with the norm of the gradient taken before the parameters change; fused updates make their gradients a second time.</summary>
    private IEnumerable<Launch> MeasuredBackward(Launch?[] inputs, Launch?[] parameters) => _context.Gradients is { } gradients
        ? [.. Down(inputs), All(parameters), .. _measure!.Of(gradients.Learned)]
        : [.. Down(inputs), .. _measure!.Of(LayerGradient), All(parameters)];

    private IEnumerable<Launch> LayerGradient(int l, IReadOnlyList<DeviceView<float>> gradients) => _forward.Layers[l].ParameterGradient(gradients);

    public override void Dispose()
    {
        _statisticsBefore?.Dispose();
        _measure?.Dispose();
        _loss.Dispose();
        _forward.Dispose();
    }
}
