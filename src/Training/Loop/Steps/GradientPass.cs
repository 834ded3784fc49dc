using Gpu.Kernels.Devices;
using Gpu.Training.Layers;

namespace Gpu.Training.Loop;

/// <summary>
/// A batch of a fixed size on its way through the network and back: forward, loss, the gradients that go down, and what is done to each layer's
/// parameters, which is all of plain descent where nothing has to see the gradients of all layers first.
/// </summary>
internal sealed class GradientPass : IDisposable
{
    private readonly StepContext _context;
    private readonly StepInput _input;
    private readonly ForwardPass _forward;
    private readonly LossLayer _loss;
    private readonly Launch?[] _inputs;
    private readonly Launch?[] _parameters;
    private readonly Launch? _descent;

    /// <summary>Prepares the launches.</summary>
    /// <param name="context">What all steps share.</param>
    /// <param name="input">What the first layer reads.</param>
    internal GradientPass(StepContext context, StepInput input)
    {
        (_context, _input) = (context, input);
        _forward = new ForwardPass(context.Accelerator, context.Shape, context.Parameters, input, context.Learning);
        _loss = new LossLayer(context.Accelerator, _forward, context.Options.Loss);
        _inputs = [.. InputGradients(_forward.Layers.Count - (_loss.FusesOutput ? 2 : 1))];
        _parameters = [.. Parameters()];
        _descent = Descent();
        Launch?[] parameters = [_descent ?? _parameters[0], .. _parameters.Skip(1)];
        var work = context.Gradients is null || _descent is not null ? StepWork.Backward | StepWork.Update : StepWork.Backward;
        Backward = context.Accelerator.JoinsSequences
            ? [new StepLaunch(Overlap(parameters), work, 1, _parameters.Length)]
            : [.. Down(), new StepLaunch(All(parameters), work, 1, _parameters.Length)];
    }

    /// <summary>The way back, from what <see cref="Forward"/> leaves on.</summary>
    internal IReadOnlyList<StepLaunch> Backward { get; }

    /// <summary>How many parameters, from the first, <see cref="Backward"/> has changed as the optimizer does, beside the gradients of the others.</summary>
    internal int Descended => _descent is null ? 0 : FirstTensor.Length;

    private PlacedTensor FirstTensor => _context.Shape.TensorsOf(0)[0];

    /// <summary>The way to the loss, and the gradient by the sums of the last layer, or of the last two.</summary>
    /// <param name="scores">Where losses and answers go, a row each.</param>
    internal IReadOnlyList<StepLaunch> Forward(SampleScores scores)
    {
        var last = _forward.Layers.Count;
        if (_loss.FusesOutput)
        {
            return
            [
                .. _forward.HiddenLaunches,
                new StepLaunch(_loss.PrepareOutputLayer(_context, _input.Feed, scores), StepWork.Forward | StepWork.Loss | StepWork.Backward, last, last),
            ];
        }

        var output = _forward.Layers[^1].Above;
        return
        [
            .. _forward.Launches, new StepLaunch(_loss.Prepare(scores, output.Gradient), StepWork.Loss),
            .. StepLaunch.All(_context.OutputBackward(_input.Rows, output.Kept, scores.Correct, output.Gradient!.Value), StepWork.Backward, last, last),
        ];
    }

    /// <summary>
    /// The same way back, with the norm of the gradient taken before the parameters change; plain descent makes its gradients a second time, other
    /// optimizers' steps are left to what follows.
    /// </summary>
    internal IEnumerable<Launch> MeasuredBackward(GradientMeasure measure) => Down().Select(one => one.Launch).Concat(_context.Gradients is { } gradients
        ? [All(_parameters), .. measure.Of(gradients.Learned)]
        : [.. measure.Of(LayerGradient), All(_parameters)]);

    /// <summary>The gradients by the sums of each layer that has one after it, from the first on up to a layer: what each of those after it does; null where that is nothing.</summary>
    private IEnumerable<Launch?> InputGradients(int last) =>
        Enumerable.Range(1, last)
            .Select(l => _forward.Layers[l - 1].Above.Gradient is null ? null : Joined("input gradient", [.. _forward.Layers[l].InputGradient()]));

    /// <summary>What is done to the parameters of each layer: their gradient, or all of plain descent; null for a layer that has none.</summary>
    private IEnumerable<Launch?> Parameters() => _context.Shape.Layers.Select((layer, l) =>
        layer.ParameterCount == 0 ? null
        : _context.Gradients is { } gradients ? Joined("gradient", [.. LayerGradient(l, gradients.Of(l))])
        : _forward.Layers[l].Update(_context.State.Rates));

    /// <summary>The optimizer's step on the first layer's weights with their gradient, where the layer does both in one and nothing has to see the gradient; else null.</summary>
    private Launch? Descent() => _context is { Gradients: { } gradients, Options.DescendsAtOnce: true } && _context.Shape.TensorsOf(0) is [{ Offset: 0 } first, ..]
        ? _forward.Layers[0].Descent(_context.Options.Update, _context.UpdateOf(gradients).Slice(0, first.Length), gradients.Of(0))
        : null;

    private IEnumerable<Launch> LayerGradient(int l, IReadOnlyList<DeviceView<float>> gradients) => _forward.Layers[l].ParameterGradient(gradients);

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
    private Launch Overlap(Launch?[] parameters)
    {
        var chain = parameters[0];
        for (var l = 1; l < parameters.Length; l++)
        {
            Launch[] both = [.. Present([parameters[l], chain])];
            var beside = both.Length < 2 ? both.FirstOrDefault() : _context.Accelerator.Independent("backward", both);
            chain = l <= _inputs.Length ? Joined("backward", [.. Present([_inputs[l - 1], beside])]) : beside;
        }

        return chain!;
    }

    /// <summary>The gradients that go down, from the last layer on.</summary>
    private IEnumerable<StepLaunch> Down()
    {
        for (var l = _inputs.Length; l > 0; l--)
        {
            if (_inputs[l - 1] is { } launch)
            {
                yield return new StepLaunch(launch, StepWork.Backward, l + 1, l + 1);
            }
        }
    }

    private static IEnumerable<Launch> Present(IEnumerable<Launch?> launches) => launches.OfType<Launch>();

    /// <summary>What is done to the parameters of all layers.</summary>
    private Launch All(IEnumerable<Launch?> parameters) => _context.Accelerator.Independent(_context.Gradients is null ? "update" : "gradients", [.. Present(parameters)]);

    public void Dispose()
    {
        _loss.Dispose();
        _forward.Dispose();
    }
}
