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
    private readonly DeviceBuffer<float>[] _gradients;
    private readonly LossLayer _loss;
    private readonly GradientMeasure? _measure;
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
        _forward = new ForwardPass(accelerator, context.Shape, context.Parameters, input, learns: true);
        _gradients = [.. context.Shape.Layers.Select(layer => accelerator.Allocate<float>(input.Rows * layer.Outputs))];
        var isControlled = context.Options.IsControlled;
        _loss = new LossLayer(accelerator, _forward, context.State, isControlled ? context.State.Control : null);
        _measure = measures || isControlled ? new GradientMeasure(context, _loss.Losses) : null;
        var last = context.Shape.Layers.Count - 1;
        var isFused = last > 0 && OutputLayer.Suits(accelerator, context.Shape.Outputs);
        Launch[] begin = isFused
            ? [.. _forward.HiddenLaunches, _loss.PrepareOutputLayer(context, input.Feed, _gradients[last], _gradients[last - 1])]
            : [.. _forward.Launches, _loss.Prepare(_gradients[last].View),
                .. context.OutputBackward(input.Rows, _forward.Kept(last), _loss.Correct, _gradients[last])];
        Launch[] inputs = [.. InputGradients(isFused ? last - 1 : last)];
        Launch[] parameters = [.. context.Gradients is { } gradients ? ParameterGradients(gradients) : FusedUpdates()];
        Launch[] descent = [.. Descent(isControlled)];
        Launch[] backward = accelerator.JoinsSequences ? [Overlap(inputs, parameters)] : [.. inputs.Reverse(), All(parameters)];
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

    /// <summary>The gradients by the sums of each layer that has one after it, from the first on up to a layer: each of that after it.</summary>
    private IEnumerable<Launch> InputGradients(int last)
    {
        var layers = _context.Shape.Layers;
        for (var l = 1; l <= last; l++)
        {
            yield return MatMul.PrepareInputGradient(
                _context.Accelerator, _gradients[l], _context.Parameters.Weights(l), _forward.Kept(l - 1), layers[l - 1].Activation,
                _forward.Rows, layers[l].Inputs, layers[l].Outputs, _gradients[l - 1]);
        }
    }

    /// <summary>
    /// The way back through the layers, with all that is done to a layer's parameters beside what goes on below it: once the gradient that goes
    /// down has read the weights, nothing else wants them, so that small launches fill each other's gaps.
    /// </summary>
    private Launch Overlap(Launch[] inputs, Launch[] parameters)
    {
        var chain = parameters[0];
        for (var l = 1; l < parameters.Length; l++)
        {
            var beside = _context.Accelerator.Independent("backward", [parameters[l], chain]);
            chain = l <= inputs.Length ? _context.Accelerator.Sequence("backward", [inputs[l - 1], beside]) : beside;
        }

        return chain;
    }

    /// <summary>
    /// What is done to each layer's parameters. Plain descent changes them in the launch that makes their gradient; everything else, and a norm
    /// that decides on the step, need the gradients of all layers in memory, then one launch for the whole network.
    /// </summary>
    private Launch All(Launch[] parameters) => _context.Accelerator.Independent(_context.Gradients is null ? "update" : "gradients", parameters);

    /// <summary>What follows once the gradients of all layers are in memory; nothing where each layer was changed by itself.</summary>
    private IEnumerable<Launch> Descent(bool isControlled)
    {
        if (_context.Gradients is not { } gradients)
        {
            yield break;
        }

        if (isControlled)
        {
            foreach (var launch in _measure!.Of(gradients.Buffer))
            {
                yield return launch;
            }
        }

        yield return _context.Descend(gradients);
    }

    /// <summary>The same way back, with the norm of the gradient taken before the parameters change; fused updates make their gradients a second time.</summary>
    private IEnumerable<Launch> MeasuredBackward(Launch[] inputs, Launch[] parameters) => _context.Gradients is { } gradients
        ? [.. inputs.Reverse(), All(parameters), .. _measure!.Of(gradients.Buffer)]
        : [.. inputs.Reverse(), .. _measure!.Of(LayerGradient), All(parameters)];

    /// <summary>The gradients of one layer's weights and biases.</summary>
    private Launch LayerGradient(int l, DeviceView<float> weights, DeviceView<float> biases)
    {
        var layer = _context.Shape.Layers[l];
        return l == 0
            ? _forward.FirstLayer.Gradient(_gradients[0], weights, biases)
            : MatMul.PrepareLayerGradient(
                _context.Accelerator, _forward.Output(l - 1), _gradients[l], _forward.Rows, layer.Inputs, layer.Outputs, weights, biases);
    }

    private IEnumerable<Launch> FusedUpdates()
    {
        var (state, layers, parameters) = (_context.State, _context.Shape.Layers, _context.Parameters);
        yield return _forward.FirstLayer.Update(_gradients[0], parameters.Weights(0), parameters.Biases(0));
        for (var l = 1; l < layers.Count; l++)
        {
            yield return MatMul.PrepareLayerUpdate(
                _context.Accelerator, _forward.Output(l - 1), _gradients[l], state.Rates, state.Cursor,
                _forward.Rows, layers[l].Inputs, layers[l].Outputs, parameters.Weights(l), parameters.Biases(l));
        }
    }

    private IEnumerable<Launch> ParameterGradients(DeviceParameters gradients) =>
        Enumerable.Range(0, _context.Shape.Layers.Count).Select(l => LayerGradient(l, gradients.Weights(l), gradients.Biases(l)));

    public override void Dispose()
    {
        _measure?.Dispose();
        _loss.Dispose();
        foreach (var gradient in _gradients)
        {
            gradient.Dispose();
        }

        _forward.Dispose();
    }
}
