using Gpu.Kernels.Devices;
using Gpu.Training.Layers;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>
/// A network applied to batches of one size: the layers at their places and the launches that fill their outputs. Training, evaluation and
/// prediction all begin with it.
/// </summary>
internal sealed class ForwardPass : IDisposable
{
    private readonly ComputeAccelerator _accelerator;
    private readonly LayerWork[] _works;
    private readonly DeviceBuffer<float>? _x;
    private readonly DeviceBuffer<int> _labels;
    private readonly DeviceBuffer<float>? _targets;

    /// <summary>Begins the layers, and prepares their launches.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="shape">The network.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="input">What the first layer reads.</param>
    /// <param name="learning">What a step needs, for which layers keep what backward asks for; null where nothing learns.</param>
    internal ForwardPass(ComputeAccelerator accelerator, NetworkShape shape, DeviceParameters parameters, StepInput input, LearningPlace? learning)
    {
        _accelerator = accelerator;
        Rows = input.Rows;
        Shape = shape;
        _labels = accelerator.Allocate<int>(Rows);
        _targets = input.Quantities > 0 ? accelerator.Allocate<float>(Rows * input.Quantities) : null;
        var gathers = input.AreFloats || !GatheringDense.Suits(accelerator, shape.Layers[0], input.GatherShape(shape.Layers[0], learning is not null));
        _x = gathers ? accelerator.Allocate<float>(Rows * input.Features) : null;
        var first = new LayerPlace
        {
            Accelerator = accelerator,
            Rows = Rows,
            Index = 0,
            Below = new LayerFlow(_x?.View ?? default, Gradient: null),
            Tensors = parameters.Of(0),
            Learning = learning,
        };
        _works = [.. Begin(first, parameters, place => gathers ? shape.Layers[0].Begin(place) : new GatheringDense((DenseLayer)shape.Layers[0], place, input))];
        StepLaunch[] batch = [.. StepLaunch.All(input.Feed.PrepareBatch(input.State.Cursor, Rows), StepWork.Gather)];
        StepLaunch[] gather = [.. StepLaunch.All(Gather(input), StepWork.Gather)];
        StepLaunch[] hidden = [.. Enumerable.Range(0, _works.Length - 1).SelectMany(Forward)];
        Launches = [.. batch, .. gather, .. hidden, .. Forward(_works.Length - 1)];
        HiddenLaunches = ReadsSamples ? [.. batch, .. hidden] : [.. batch, .. gather, .. hidden];
    }

    internal NetworkShape Shape { get; }

    internal int Rows { get; }

    /// <summary>The layers at their places.</summary>
    internal IReadOnlyList<LayerWork> Layers => _works;

    internal DeviceView<int> Labels => _labels;

    /// <summary>The quantities of the batch; null where classes are learned.</summary>
    internal DeviceView<float>? Targets => _targets?.View;

    /// <summary>What makes the batch, gather, then each layer.</summary>
    internal IReadOnlyList<StepLaunch> Launches { get; }

    /// <summary>The same without the last layer, and without the gather where it would only fetch <see cref="Labels"/>.</summary>
    internal IReadOnlyList<StepLaunch> HiddenLaunches { get; }

    /// <summary>What comes out of the last layer: rows x classes.</summary>
    internal DeviceView<float> Outputs => _works[^1].Above.Output;

    /// <summary>Whether the first layer reads the samples where they are.</summary>
    private bool ReadsSamples => _works[0] is GatheringDense { NeedsGather: false };

    private IEnumerable<Launch> Gather(StepInput input)
    {
        yield return _works[0] is GatheringDense dense ? dense.Gather(_labels) : input.PrepareGather(_accelerator, _x!, _labels);
        if (_targets is { } targets)
        {
            yield return input.PrepareTargets(_accelerator, targets, _labels);
        }
    }

    private IEnumerable<StepLaunch> Forward(int layer) => StepLaunch.All(
        _works[layer].Forward(), layer == 0 && ReadsSamples ? StepWork.Gather | StepWork.Forward : StepWork.Forward, layer + 1, layer + 1);

    /// <summary>The layers one behind the other, each at the place that the one before it leaves.</summary>
    /// <param name="first">The place of the first layer.</param>
    /// <param name="parameters">The network's parameters.</param>
    /// <param name="begin">Begins the first layer.</param>
    private IEnumerable<LayerWork> Begin(LayerPlace first, DeviceParameters parameters, Func<LayerPlace, LayerWork> begin)
    {
        var work = begin(first);
        yield return work;
        for (var l = 1; l < Shape.Layers.Count; l++)
        {
            work = Shape.Layers[l].Begin(first with { Index = l, Below = work.Above, Tensors = parameters.Of(l) });
            yield return work;
        }
    }

    public void Dispose()
    {
        Array.ForEach(_works, work => work.Dispose());
        _labels.Dispose();
        _targets?.Dispose();
        _x?.Dispose();
    }
}
