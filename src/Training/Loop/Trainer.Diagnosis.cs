namespace Gpu.Training.Loop;

/// <summary>What is said about a step whose numbers were not finite.</summary>
public sealed partial class Trainer
{
    /// <summary>
    /// Names what was not finite first in a bad step: the steps before it are done once more, and it is done on the host, layer by
    /// layer. The state is that before the bad step afterwards.
    /// </summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="rates">The learning rate of every step of the epoch.</param>
    /// <param name="from">Where the state stands that was restored: before the bad step, in the same epoch.</param>
    /// <param name="badStep">The bad step, from 0.</param>
    /// <returns>Words such as <c>the outputs of layer 2</c>; layers are counted from 1.</returns>
    public string Diagnose(int epoch, ReadOnlySpan<float> rates, EpochPosition from, int badStep)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from.Step, badStep);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(badStep, StepsPerEpoch);
        RequireStop(from.Step, nameof(from));
        BeginEpoch(epoch, rates, from);
        var run = badStep / _stepsPerRun;
        Run(from.Step, run * _stepsPerRun, progress: null, CancellationToken.None);
        RunSingly(run, badStep % _stepsPerRun);
        return Inspect(badStep);
    }

    /// <summary>Names what is not finite first when a step is done on the host with the parameters as they are now.</summary>
    /// <param name="step">The step of the epoch that was trained last, from 0.</param>
    /// <returns>Words such as <c>the outputs of layer 2</c>; layers are counted from 1.</returns>
    public string Inspect(int step)
    {
        var parameters = GetParameters();
        if (Array.FindIndex(parameters, value => !float.IsFinite(value)) is >= 0 and var place)
        {
            return NameParameter(place);
        }

        var layer = HostNetwork.FirstBadLayer(
            _shape, parameters, _data, _options.Scaling, _order.AsSpan(SamplesBefore(step)..SamplesBefore(step + 1)));
        return layer is { } bad ? $"the outputs of layer {bad + 1}" : $"the loss or the gradient behind layer {_shape.Layers.Count}";
    }

    /// <summary>What a parameter is called: <c>the weights of layer 2</c>; layers are counted from 1.</summary>
    /// <param name="place">Its index in the slab.</param>
    internal string NameParameter(int place)
    {
        var isWeight = place < _shape.WeightCount;
        var layer = Enumerable.Range(0, _shape.Layers.Count).Last(l => (isWeight ? _shape.WeightOffset(l) : _shape.BiasOffset(l)) <= place);
        return $"the {(isWeight ? "weights" : "biases")} of layer {layer + 1}";
    }

    /// <summary>The first steps of a run that is many to a launch, one a launch.</summary>
    private void RunSingly(int run, int steps)
    {
        if (steps == 0)
        {
            return;
        }

        using var single = Prepare(1, endsEpoch: false);
        _feed.Provide(run);
        for (var step = 0; step < steps; step++)
        {
            single.Run(isLast: false);
        }

        // What the launches use must outlive them.
        _accelerator.Synchronize();
    }
}
