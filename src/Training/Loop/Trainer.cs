using System.Diagnostics;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Augmentation;
using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>
/// Trains one network on one data set on one device. The order of the samples is a function of the seed and the epoch, every
/// launch is prepared before the first step, and nothing is read back before an epoch has ended.
/// </summary>
public sealed partial class Trainer : IDisposable
{
    private readonly ComputeAccelerator _accelerator;
    private readonly NetworkShape _shape;
    private readonly DataSet _data;
    private readonly TrainerOptions _options;
    private readonly bool _isOnline;
    private readonly bool _isUnfused;
    private readonly StepPlan _plan;
    private readonly int _stepsPerRun;
    private readonly SampleFeed _feed;
    private readonly StepState _state;
    private readonly DeviceParameters _parameters;
    private readonly DeviceParameters? _gradients;
    private readonly DeviceParameters? _sum;
    private readonly DeviceParameters? _average;
    private readonly OptimizerSlabs _slabs;
    private readonly TrainingRun? _fullRun;
    private readonly TrainingRun? _lastRun;
    private readonly Launch _search;
    private readonly int[] _order;
    private readonly double _density;
    private int _orderedFor = -1;
    private int _updates;
    private double _stepSeconds;
    private bool _isDisposed;

    /// <summary>Allocates and prepares everything that training needs; the parameters are 0 until they are set.</summary>
    /// <param name="accelerator">The device; it outlives the trainer.</param>
    /// <param name="shape">The network.</param>
    /// <param name="data">The samples to learn from.</param>
    /// <param name="options">How to learn.</param>
    public Trainer(ComputeAccelerator accelerator, NetworkShape shape, DataSet data, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        SampleFit.Require(shape, data);
        if (options.Augmentation is { } augmentation)
        {
            AugmentationFit.Require(augmentation, data);
        }

        (_accelerator, _shape, _data, _options) = (accelerator, shape, data, options);
        _isOnline = OnlineRun.Suits(accelerator, shape, options, data.AreFloats);
        _plan = new StepPlan(data.Count, Math.Min(data.Count, _isOnline ? OnlineRun.Samples(options.StopEvery) : options.BatchSize));
        _stepsPerRun = _isOnline ? _plan.SamplesPerRun : 1;
        var sizes = DataSizes.Of(data);
        _density = options.Density(sizes);
        _feed = Feed(Mode(sizes));
        StepsPerEpoch = (data.Count + options.BatchSize - 1) / options.BatchSize;
        _state = new StepState(accelerator, StepsPerEpoch);
        Pace = new QueuePace(accelerator);
        _parameters = new DeviceParameters(accelerator, shape);
        _isUnfused = UnfusedStep.IsForced(accelerator, shape, options);
        _gradients = options.IsPlainDescent && shape.UpdatesInPlace && !_isUnfused ? null : new DeviceParameters(accelerator, shape);
        _sum = options.Accumulate > 1 ? new DeviceParameters(accelerator, shape) : null;
        _average = options.Ema is null ? null : new DeviceParameters(accelerator, shape);
        _slabs = new OptimizerSlabs(accelerator, shape, options.Update.Slots);
        _order = new int[data.Count];

        _fullRun = _plan.FullRuns > 0 ? Prepare(_plan.SamplesPerRun, _plan.FullRuns, endsEpoch: _plan.Remainder == 0) : null;
        _lastRun = _plan.Remainder > 0 ? Prepare(_plan.Remainder, count: 1, endsEpoch: true) : null;
        _search = NonFinite.Prepare(accelerator, _parameters.Buffer, _state.BadParameter);
    }

    /// <summary>Steps of an epoch, the one of the last partial batch included.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Launches on the device of one step; below 1 where one launch takes many steps of one sample.</summary>
    public double LaunchesPerStep => (double)LaunchesPerRun / _stepsPerRun;

    /// <summary>How far the host may be ahead of the device.</summary>
    internal QueuePace Pace { get; }

    /// <summary>Launches on the device of one step, or of the many steps of one sample that a launch takes.</summary>
    internal int LaunchesPerRun => (_fullRun ?? _lastRun)!.LaunchCount;

    /// <summary>Copies parameters to the device, where their moving average begins with them: the slab of <see cref="NetworkShape"/>.</summary>
    public void SetParameters(ReadOnlySpan<float> parameters)
    {
        if (parameters.Length != _shape.ParameterCount)
        {
            throw new ArgumentException(
                $"The network {_shape} has {_shape.ParameterCount} parameters, {parameters.Length} were given.", nameof(parameters));
        }

        _parameters.Buffer.CopyFrom(parameters);
        _average?.Buffer.CopyFrom(parameters);
    }

    /// <summary>The parameters as they are now.</summary>
    public float[] GetParameters() => _parameters.Buffer.ToArray();

    /// <summary>The parameters that answer: their moving average where one is kept, else themselves.</summary>
    public float[] GetResult() => Result.Buffer.ToArray();

    /// <summary>Room for what <see cref="SaveState"/> copies.</summary>
    public TrainerState CreateState() => new(_shape, new float[_shape.ParameterCount], _slabs.Create())
    {
        Average = _average is null ? null : new float[_shape.ParameterCount],
    };

    /// <summary>Copies the parameters and the optimizer's state as they are now.</summary>
    public void SaveState(TrainerState state)
    {
        RequireSameKind(state);
        _parameters.Buffer.CopyTo(state.Parameters);
        _average?.Buffer.CopyTo(state.Average);
        _slabs.Save(state.Optimizer);
        state.Optimizer = state.Optimizer with { Updates = _updates };
    }

    /// <summary>Puts the parameters and the optimizer's state back.</summary>
    public void RestoreState(TrainerState state)
    {
        RequireSameKind(state);
        SetParameters(state.Parameters);
        _average?.Buffer.CopyFrom(state.Average);
        _slabs.Restore(state.Optimizer);
        _updates = state.Optimizer.Updates;
    }

    /// <summary>One pass over the training data.</summary>
    /// <param name="epoch">The epoch, from 0: with the seed it decides the order of the samples.</param>
    /// <param name="rates">The learning rate of every step of the epoch.</param>
    /// <param name="progress">Told now and then how many samples are done.</param>
    /// <param name="cancellation">Ends the pass after the step that is under way.</param>
    public EpochResult TrainEpoch(
        int epoch, ReadOnlySpan<float> rates, Action<int>? progress = null, CancellationToken cancellation = default) =>
        TrainEpoch(epoch, rates, EpochPosition.Start, StepsPerEpoch, progress, cancellation);

    /// <summary>A part of a pass over the training data; parts one after the other give the bits of the whole.</summary>
    /// <param name="epoch">The epoch, from 0: with the seed it decides the order of the samples.</param>
    /// <param name="rates">The learning rate of every step of the epoch.</param>
    /// <param name="from">Where the part before it ended.</param>
    /// <param name="until">The step before which it ends: a multiple of <see cref="TrainerOptions.StopEvery"/>, or the epoch's end.</param>
    /// <param name="progress">Told now and then how many samples of the epoch are done.</param>
    /// <param name="cancellation">Ends it after the step that is under way.</param>
    public EpochResult TrainEpoch(int epoch, ReadOnlySpan<float> rates, EpochPosition from, int until, Action<int>? progress = null,
        CancellationToken cancellation = default)
    {
        if (rates.Length != StepsPerEpoch)
        {
            throw new ArgumentException($"An epoch has {StepsPerEpoch} steps, {rates.Length} learning rates were given.", nameof(rates));
        }

        RequireStop(from.Step, nameof(from));
        RequireStop(until, nameof(until));
        var start = Stopwatch.GetTimestamp();
        BeginEpoch(epoch, rates, from);
        var step = Run(from.Step, until, progress, cancellation);
        _search.Run();
        var readings = _state.Read();
        _updates = readings.Updates;
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _stepSeconds = step > from.Step ? seconds / (step - from.Step) : _stepSeconds;
        return ToResult(step, readings, seconds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        DisposeEvaluations();
        _lastRun?.Dispose();
        _fullRun?.Dispose();
        _slabs.Dispose();
        _average?.Dispose();
        _sum?.Dispose();
        _gradients?.Dispose();
        _parameters.Dispose();
        _state.Dispose();
        _feed.Dispose();
    }

    /// <summary>The parameters that answer.</summary>
    private DeviceParameters Result => _average ?? _parameters;

    /// <summary>Where the samples are; where that is left open, on the device if the whole run fits so.</summary>
    private DataMode Mode(DataSizes sizes) => _options.DataMode == DataMode.Auto
        ? MemoryPlan.Make(_accelerator, MemoryBudget.Of(_accelerator).With(sizes.HostBytes), _shape, _options, sizes).DataMode
        : _options.DataMode;

    /// <summary>The samples as steps read them: as they are, or augmented.</summary>
    private SampleFeed Feed(DataMode mode)
    {
        var feed = SampleFeed.Create(_accelerator, _data, mode, _plan.SamplesPerRun, _options.Shuffle);
        return _options.Augmentation is { } augmentation
            ? new AugmentedFeed(_accelerator, feed, _data, _options.Batches(_plan.SamplesPerRun).First(), augmentation, _options.Seed) : feed;
    }

    private TrainingRun Prepare(int samples, int count, bool endsEpoch)
    {
        var context = new StepContext(_accelerator, _shape, _options, _state, _parameters, _gradients, _slabs) { Sum = _sum, Average = _average };
        var input = new StepInput(_feed, _state, _options.Scaling, _density, samples, _data.Features) { AreFloats = _data.AreFloats, Quantities = _data.Quantities };
        var measures = endsEpoch && _options.MeasureGradient;
        return _isOnline ? new OnlineRun(context, input)
            : _isUnfused ? new UnfusedStep(context, input, measures)
            : _options.Accumulate > 1 ? new AccumulatedStep(context, input, measures)
            : new TrainingStep(context, input, count, measures);
    }

    private void BeginEpoch(int epoch, ReadOnlySpan<float> rates, EpochPosition from)
    {
        if (epoch != _orderedFor)
        {
            _options.FillOrder(_order, epoch);
            _feed.BeginEpoch(_order);
            _orderedFor = epoch;
        }

        _state.Rates.CopyFrom(rates);
        _state.Begin(from.Step, SamplesBefore(from.Step), (epoch * StepsPerEpoch) + from.Step, epoch, from.Sums, _updates);
    }

    private EpochResult ToResult(int step, StepReadings readings, double seconds)
    {
        var sums = readings.Sums;
        var samples = SamplesBefore(step) - sums.SkippedSamples;
        var isComplete = step == StepsPerEpoch;
        return new EpochResult(
            samples, sums.TotalLoss / samples, sums.Correct, seconds, isComplete, new EpochPosition(step, sums))
        {
            FirstBadParameter = readings.BadParameter,
            GradientNorm = isComplete && _options.MeasureGradient ? readings.GradientNorm : null,
        };
    }

    private void RequireSameKind(TrainerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Parameters.Length != _shape.ParameterCount || !_slabs.Matches(state.Optimizer)
            || (state.Average?.Length ?? 0) != (_average?.Buffer.Length ?? 0))
        {
            throw new ArgumentException(
                $"The network {_shape} has {_shape.ParameterCount} parameters and an optimizer with the state {_slabs}, a state of "
                + $"{state.Parameters.Length} and {state.Optimizer} was given.", nameof(state));
        }
    }
}
