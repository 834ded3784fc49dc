using Gpu.Kernels.Devices;

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
        Backward = context.Accelerator.JoinsSequences ? [Overlap()] : [.. Down(), All()];
    }

    /// <summary>The way back, from what <see cref="Forward"/> leaves on.</summary>
    internal IReadOnlyList<Launch> Backward { get; }

    /// <summary>The way to the loss, and the gradient by the sums of the last layer, or of the last two.</summary>
    /// <param name="scores">Where losses and answers go, a row each.</param>
    internal IReadOnlyList<Launch> Forward(SampleScores scores)
    {
        if (_loss.FusesOutput)
        {
            return [.. _forward.HiddenLaunches, _loss.PrepareOutputLayer(_context, _input.Feed, scores)];
        }

        var output = _forward.Layers[^1].Above;
        return
        [
            .. _forward.Launches, _loss.Prepare(scores, output.Gradient),
            .. _context.OutputBackward(_input.Rows, output.Kept, scores.Correct, output.Gradient!.Value),
        ];
    }

    /// <summary>The same way back, with the norm of the gradient taken before the parameters change; fused updates make their gradients a second time.</summary>
    internal IReadOnlyList<Launch> MeasuredBackward(GradientMeasure measure) => _context.Gradients is { } gradients
        ? [.. Down(), All(), .. measure.Of(gradients.Learned)]
        : [.. Down(), .. measure.Of(LayerGradient), All()];

    /// <summary>The gradients by the sums of each layer that has one after it, from the first on up to a layer: what each of those after it does; null where that is nothing.</summary>
    private IEnumerable<Launch?> InputGradients(int last) =>
        Enumerable.Range(1, last)
            .Select(l => _forward.Layers[l - 1].Above.Gradient is null ? null : Joined("input gradient", [.. _forward.Layers[l].InputGradient()]));

    /// <summary>What is done to the parameters of each layer: their gradient, or all of plain descent; null for a layer that has none.</summary>
    private IEnumerable<Launch?> Parameters() => _context.Shape.Layers.Select((layer, l) =>
        layer.ParameterCount == 0 ? null
        : _context.Gradients is { } gradients ? Joined("gradient", [.. LayerGradient(l, gradients.Of(l))])
        : _forward.Layers[l].Update(_context.State.Rates));

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
    private Launch Overlap()
    {
        var chain = _parameters[0];
        for (var l = 1; l < _parameters.Length; l++)
        {
            Launch[] both = [.. Present([_parameters[l], chain])];
            var beside = both.Length < 2 ? both.FirstOrDefault() : _context.Accelerator.Independent("backward", both);
            chain = l <= _inputs.Length ? Joined("backward", [.. Present([_inputs[l - 1], beside])]) : beside;
        }

        return chain!;
    }

    /// <summary>The gradients that go down, from the last layer on.</summary>
    private IEnumerable<Launch> Down() => Present(_inputs.AsEnumerable().Reverse());

    private static IEnumerable<Launch> Present(IEnumerable<Launch?> launches) => launches.OfType<Launch>();

    /// <summary>What is done to the parameters of all layers.</summary>
    private Launch All() => _context.Accelerator.Independent(_context.Gradients is null ? "update" : "gradients", [.. Present(_parameters)]);

    public void Dispose()
    {
        _loss.Dispose();
        _forward.Dispose();
    }
}
