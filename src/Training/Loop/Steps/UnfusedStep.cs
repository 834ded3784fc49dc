using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>
/// One step of gradient descent on a batch with a launch for each operation, in the order in which they are taught: gather; product,
/// bias-add and activation of each layer; softmax and loss; the same way back; the gradients of weights and biases; the optimizer.
/// <see cref="TrainingStep"/> does the same in fewer launches. This one is there to be read, to find a fault in one operation, and to hold
/// the fused ones against; <c>GPU_FORCE_STEP=unfused</c> chooses it.
/// </summary>
internal sealed class UnfusedStep : TrainingRun
{
    private readonly StepContext _context;
    private readonly DeviceParameters _gradients;
    private readonly int _rows;
    private readonly List<IDisposable> _owned = [];
    private readonly DeviceView<float> _x;
    private readonly DeviceView<int> _labels;
    private readonly DeviceView<float>? _targets;
    private readonly DeviceView<float>[] _sums;
    private readonly DeviceView<float>[] _y;
    private readonly DeviceView<float>[] _dy;
    private readonly StepEnd _end;
    private readonly Launch _step;
    private readonly Launch _lastStep;

    /// <summary>Prepares the launches.</summary>
    /// <param name="context">What all steps share, gradients among it.</param>
    /// <param name="input">What the gather reads.</param>
    /// <param name="measures">Whether the gradient's norm is measured where the step is the epoch's last.</param>
    internal UnfusedStep(StepContext context, StepInput input, bool measures)
    {
        (_context, _gradients, _rows) = (context, context.Gradients!, input.Rows);
        _x = Allocate<float>(_rows * input.Features);
        _labels = Allocate<int>(_rows);
        _targets = input.Quantities > 0 ? Allocate<float>(_rows * input.Quantities) : null;
        _y = [.. context.Shape.Layers.Select(layer => Allocate<float>(_rows * layer.Outputs))];
        _sums = [.. context.Shape.Layers.Select((layer, l) => Activations.KeepsSum(layer.Activation) ? Allocate<float>(_rows * layer.Outputs) : _y[l])];
        _dy = [.. context.Shape.Layers.Select(layer => Allocate<float>(_rows * layer.Outputs))];
        _end = new StepEnd(context, _rows, measures);
        StepLaunch[] begin =
        [
            .. StepLaunch.All([.. input.Feed.PrepareBatch(input.State.Cursor, _rows), .. Gather(input)], StepWork.Gather),
            .. StepLaunch.All(Forward(), StepWork.Forward, 1, _y.Length), .. StepLaunch.All(Loss(), StepWork.Loss),
            .. StepLaunch.All([.. Backward(), .. ParameterGradients()], StepWork.Backward, 1, _y.Length),
        ];
        StepLaunch[] end = [.. _end.Launches(_gradients)];
        _step = StepLaunch.Sequence(context.Accelerator, "unfused training step", [.. begin, .. end]);
        Clock = context.Options.TimesSteps ? StepClock.Create(context.Accelerator, _step, [.. begin, .. end]) : null;
        _lastStep = context.Options.IsControlled || !measures
            ? _step
            : StepLaunch.Sequence(context.Accelerator, "last unfused training step", [.. begin, .. StepLaunch.All(_end.Measure!.Of(_gradients.Learned), StepWork.Update), .. end]);
    }

    /// <summary>Whether <c>GPU_FORCE_STEP</c>, or the options, ask for it.</summary>
    /// <exception cref="TrainingException">They do, of a network that is more than dense layers, or of steps of several batches.</exception>
    internal static bool IsForced(ComputeAccelerator accelerator, NetworkShape shape, TrainerOptions options) =>
        accelerator.Variants.Forced(OnlineSgd.Choices, options.StepVariant) == OnlineSgd.Unfused && (!shape.IsDense
            ? throw TrainingException.BadUsage($"{OnlineSgd.Choices.Variable}={OnlineSgd.Unfused} knows dense layers alone, and the network is {shape}: unset it.")
            : options.Accumulate > 1
            ? throw TrainingException.BadUsage($"{OnlineSgd.Choices.Variable}={OnlineSgd.Unfused} takes a step's samples at once, and accumulate is {options.Accumulate}: unset it.")
            : true);

    internal override int LaunchCount => _step.LaunchCount;

    internal override StepClock? Clock { get; }

    internal override void Run(bool isLast) => (isLast ? _lastStep : _step).Run();

    public override void Dispose()
    {
        _end.Dispose();
        _owned.ForEach(owned => owned.Dispose());
    }

    private IEnumerable<Launch> Gather(StepInput input)
    {
        yield return input.PrepareGather(_context.Accelerator, _x, _labels);
        if (_targets is { } targets)
        {
            yield return input.PrepareTargets(_context.Accelerator, targets, _labels);
        }
    }

    private IEnumerable<Launch> Forward()
    {
        var (accelerator, parameters) = (_context.Accelerator, _context.Parameters);
        for (var l = 0; l < _y.Length; l++)
        {
            var layer = _context.Shape.Layers[l];
            yield return MatMul.PrepareForward(
                accelerator, Below(l), parameters.Of(l)[0], bias: null, Activation.Identity, _rows, layer.Inputs, layer.Outputs, _sums[l]);
            yield return BiasAdd.Prepare(accelerator, _sums[l], parameters.Of(l)[1], _rows, layer.Outputs, _sums[l]);
            if (layer.Activation != Activation.Identity)
            {
                yield return Activations.PrepareForward(accelerator, layer.Activation, _sums[l], _y[l]);
            }
        }
    }

    /// <summary>Softmax, the loss of what it gives, and the gradient back through it; other losses take the outputs themselves.</summary>
    private IEnumerable<Launch> Loss()
    {
        var (accelerator, shape) = (_context.Accelerator, _context.Shape);
        var terms = LossTerms.Create(accelerator, _context.Options.Loss, shape.Outputs);
        if (terms is not null)
        {
            _owned.Add(terms);
        }

        var batch = new LossBatch(_y[^1], _labels, _rows, shape.Outputs, _end.Scores.Losses, _end.Scores.Correct, _dy[^1]);
        return _targets is not null ? [shape.Loss.Prepare(accelerator, batch, _targets, terms)] : shape.Loss.PrepareUnfused(accelerator, batch, terms, Allocate<float>);
    }

    /// <summary>The gradients by the sums of all layers, from the last one's on down.</summary>
    private IEnumerable<Launch> Backward()
    {
        foreach (var launch in _context.OutputBackward(_rows, _sums[^1], _end.Scores.Correct, _dy[^1]))
        {
            yield return launch;
        }

        for (var l = _y.Length - 1; l > 0; l--)
        {
            var (layer, below) = (_context.Shape.Layers[l], _context.Shape.Layers[l - 1]);
            yield return MatMul.PrepareInputGradient(_context.Accelerator, _dy[l], _context.Parameters.Of(l)[0], xKept: null,
                Activation.Identity, _rows, layer.Inputs, layer.Outputs, _dy[l - 1]);
            if (below.Activation != Activation.Identity)
            {
                yield return Activations.PrepareBackward(_context.Accelerator, below.Activation, _sums[l - 1], _dy[l - 1], _dy[l - 1]);
            }
        }
    }

    private IEnumerable<Launch> ParameterGradients()
    {
        for (var l = 0; l < _y.Length; l++)
        {
            var layer = _context.Shape.Layers[l];
            yield return MatMul.PrepareWeightGradient(
                _context.Accelerator, Below(l), _dy[l], _rows, layer.Inputs, layer.Outputs, _gradients.Of(l)[0]);
            yield return ColumnSum.Prepare(_context.Accelerator, _dy[l], _rows, layer.Outputs, _gradients.Of(l)[1]);
        }
    }

    /// <summary>What a layer reads.</summary>
    private DeviceView<float> Below(int l) => l == 0 ? _x : _y[l - 1];

    private DeviceView<T> Allocate<T>(int length) where T : unmanaged
    {
        var buffer = _context.Accelerator.Allocate<T>(length);
        _owned.Add(buffer);
        return buffer;
    }
}
