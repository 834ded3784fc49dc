using Gpu.Training.Data;

namespace Gpu.Training.Loop;

/// <summary>Where numbers of a run were NaN or infinite first.</summary>
/// <param name="Step">The step of the epoch that made them, from 0.</param>
/// <param name="Place">Words such as <c>the gradient of layer 2</c>; layers are counted from 1.</param>
public readonly record struct BadPlace(int Step, string Place);

/// <summary>What is said about a step whose numbers were not finite.</summary>
public sealed partial class Trainer
{
    /// <summary>
    /// Finds the step that made the first number that is not finite, and names that: the steps are done once more, each looked at, and
    /// the bad one on the host, layer by layer. The state is that before the bad step afterwards.
    /// </summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="rates">The learning rate of every step of the epoch.</param>
    /// <param name="from">Where the state stands that was restored: in the same epoch, with finite numbers.</param>
    /// <param name="seenAt">The step, from 0, at whose end numbers were found to be bad; the one that made them may be an earlier one.</param>
    /// <param name="cancellation">Ends the search; the state is any then.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public BadPlace Diagnose(
        int epoch, ReadOnlySpan<float> rates, EpochPosition from, int seenAt, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from.Step, seenAt);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(seenAt, StepsPerEpoch);
        RequireStop(from.Step, nameof(from));
        var state = CreateState();
        SaveState(state);
        var (step, parameter) = FindBadStep(state, epoch, rates, from, seenAt, cancellation);
        GoTo(state, epoch, rates, from, step, cancellation);
        var place = new HostNetwork(_shape, GetParameters(), _data, _options).FirstBad(
            _order.AsSpan(SamplesBefore(step)..SamplesBefore(step + 1)), (epoch * StepsPerEpoch) + step, epoch, cancellation);

        // Where all of the step itself is finite, its update made what is bad, or what the epoch's losses add up to is too large.
        return new BadPlace(step, place ?? (parameter is { } index ? NameParameter(index) : $"the sum of the losses behind layer {_shape.Layers.Count}"));
    }

    /// <summary>Names what an evaluation whose loss is not finite began with, for the first sample of which something is not.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>Words such as <c>the outputs of layer 2</c>; layers are counted from 1.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public string Diagnose(DataSet data, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new HostNetwork(_shape, GetResult(), data, _options).FirstBadOutput(cancellation);
    }

    /// <summary>What a parameter is called: <c>the weights of layer 2</c>; layers are counted from 1.</summary>
    /// <param name="place">Its index in the slab.</param>
    public string NameParameter(int place)
    {
        var (layer, tensor, _) = _shape.Tensors.Last(tensor => tensor.Offset <= place);
        return $"the {tensor.Plural} of layer {layer + 1}";
    }

    /// <summary>The first step after which something is not finite, and the parameter that is not, if one is.</summary>
    private (int Step, int? Parameter) FindBadStep(
        TrainerState state, int epoch, ReadOnlySpan<float> rates, EpochPosition from, int seenAt, CancellationToken cancellation)
    {
        BeginEpoch(epoch, rates, from);
        for (var step = from.Step; step <= seenAt; step += _stepsPerRun)
        {
            cancellation.ThrowIfCancellationRequested();
            Run(step, step + 1, progress: null, CancellationToken.None);
            if (LookForBad() is not { } found)
            {
                continue;
            }

            if (_stepsPerRun == 1)
            {
                return (step, found.BadParameter);
            }

            GoTo(state, epoch, rates, from, step, cancellation);
            return FindSingly(step, seenAt, cancellation);
        }

        return (seenAt, null);
    }

    /// <summary>The same within a run that is many steps to a launch, which are done one a launch.</summary>
    private (int Step, int? Parameter) FindSingly(int first, int seenAt, CancellationToken cancellation)
    {
        using var single = Prepare(samples: 1, count: 1, endsEpoch: false);
        for (var step = first; step <= seenAt; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            single.Run(isLast: false);
            if (LookForBad() is { } found)
            {
                return (step, found.BadParameter);
            }
        }

        return (seenAt, null);
    }

    /// <summary>What is bad now; null where nothing is. A step that was skipped did no harm.</summary>
    private StepReadings? LookForBad()
    {
        _search.Run();
        var readings = _state.Read();
        return readings.BadParameter is not null || (!_options.SkipBadSteps && readings.Sums.FirstBadStep is not null) ? readings : null;
    }

    /// <summary>Puts a state back and trains from where it stands up to a step.</summary>
    private void GoTo(TrainerState state, int epoch, ReadOnlySpan<float> rates, EpochPosition from, int step, CancellationToken cancellation)
    {
        RestoreState(state);
        BeginEpoch(epoch, rates, from);
        var run = step / _stepsPerRun;
        Run(from.Step, run * _stepsPerRun, progress: null, cancellation);
        cancellation.ThrowIfCancellationRequested();
        RunSingly(run, step % _stepsPerRun);
    }

    /// <summary>The first steps of a run that is many to a launch, one a launch.</summary>
    private void RunSingly(int run, int steps)
    {
        _feed.Provide(run);
        if (steps == 0)
        {
            return;
        }

        using var single = Prepare(samples: 1, count: 1, endsEpoch: false);
        for (var step = 0; step < steps; step++)
        {
            single.Run(isLast: false);
        }

        // What the launches use must outlive them.
        _accelerator.Synchronize();
    }
}
