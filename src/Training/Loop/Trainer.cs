using System.Diagnostics;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Metrics;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>
/// Trains one network on one data set on one device. The order of the samples is a function of the seed and the epoch, every
/// launch is prepared before the first step, and nothing is read back before an epoch has ended.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly ComputeAccelerator _accelerator;
    private readonly NetworkShape _shape;
    private readonly TrainerOptions _options;
    private readonly StepPlan _plan;
    private readonly SampleFeed _feed;
    private readonly StepState _state;
    private readonly DeviceParameters _parameters;
    private readonly DeviceParameters? _gradients;
    private readonly DeviceParameters? _velocity;
    private readonly TrainingRun? _fullRun;
    private readonly TrainingRun? _lastRun;
    private readonly int[] _order;
    private readonly Dictionary<DataSet, Evaluator> _evaluators = [];

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
        RequireFit(shape, data);
        (_accelerator, _shape, _options) = (accelerator, shape, options);
        var online = OnlineRun.Suits(accelerator, options);
        _plan = new StepPlan(data.Count, Math.Min(data.Count, online ? OnlineRun.Samples : options.BatchSize));
        _feed = SampleFeed.Create(accelerator, data, options.DataMode, _plan.SamplesPerRun);
        StepsPerEpoch = (data.Count + options.BatchSize - 1) / options.BatchSize;
        _state = new StepState(accelerator, StepsPerEpoch);
        _parameters = new DeviceParameters(accelerator, shape);
        _gradients = options.IsPlainDescent ? null : new DeviceParameters(accelerator, shape);
        _velocity = options.Momentum == 0 ? null : new DeviceParameters(accelerator, shape);
        _velocity?.Buffer.CopyFrom(new float[shape.ParameterCount]);
        _order = new int[data.Count];

        var context = new StepContext(accelerator, shape, options, _state, _parameters, _gradients, _velocity);
        var density = GatherMatMul.Density(data.Values);
        TrainingRun Prepare(int samples)
        {
            var input = new StepInput(_feed, _state, options.Scaling, density, samples, data.Features);
            return online ? new OnlineRun(context, input) : new TrainingStep(context, input);
        }

        _fullRun = _plan.FullRuns > 0 ? Prepare(_plan.SamplesPerRun) : null;
        _lastRun = _plan.Remainder > 0 ? Prepare(_plan.Remainder) : null;
    }

    /// <summary>Steps of an epoch, the one of the last partial batch included.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Copies parameters to the device: the slab of <see cref="NetworkShape"/>.</summary>
    public void SetParameters(ReadOnlySpan<float> parameters)
    {
        if (parameters.Length != _shape.ParameterCount)
        {
            throw new ArgumentException(
                $"The network {_shape} has {_shape.ParameterCount} parameters, {parameters.Length} were given.", nameof(parameters));
        }

        _parameters.Buffer.CopyFrom(parameters);
    }

    /// <summary>The parameters as they are now.</summary>
    public float[] GetParameters() => _parameters.Buffer.ToArray();

    /// <summary>One pass over the training data.</summary>
    /// <param name="epoch">The epoch, from 0: with the seed it decides the order of the samples.</param>
    /// <param name="rates">The learning rate of every step of the epoch.</param>
    /// <param name="progress">Told now and then how many samples are done.</param>
    /// <param name="cancellation">Ends the pass after the step that is under way.</param>
    public EpochResult TrainEpoch(
        int epoch, ReadOnlySpan<float> rates, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        if (rates.Length != StepsPerEpoch)
        {
            throw new ArgumentException($"An epoch has {StepsPerEpoch} steps, {rates.Length} learning rates were given.", nameof(rates));
        }

        var start = Stopwatch.GetTimestamp();
        _options.FillOrder(_order, epoch);
        _feed.BeginEpoch(_order);
        _state.Rates.CopyFrom(rates);
        _state.Begin(epoch * StepsPerEpoch);
        var samples = Run(progress, cancellation);
        var (loss, correct) = _state.Read();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new EpochResult(samples, loss / samples, correct, seconds, samples == _plan.Samples);
    }

    /// <summary>Applies the network as it is now to labelled samples.</summary>
    public Evaluation Evaluate(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!_evaluators.TryGetValue(data, out var evaluator))
        {
            RequireFit(_shape, data);
            evaluator = new Evaluator(_accelerator, _shape, _parameters, data, _options.Scaling);
            _evaluators.Add(data, evaluator);
        }

        return evaluator.Run();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var evaluator in _evaluators.Values)
        {
            evaluator.Dispose();
        }

        _lastRun?.Dispose();
        _fullRun?.Dispose();
        _velocity?.Dispose();
        _gradients?.Dispose();
        _parameters.Dispose();
        _state.Dispose();
        _feed.Dispose();
    }

    internal static void RequireFit(NetworkShape shape, DataSet data)
    {
        if (data.Features != shape.Layers[0].Inputs)
        {
            throw TrainingException.BadData(
                $"{data.Source}: samples of {data.Features} values ({data.Height} x {data.Width}) were found, "
                + $"the network {shape} takes {shape.Layers[0].Inputs}.");
        }

        if (data.Classes > shape.Layers[^1].Outputs)
        {
            throw TrainingException.BadData(
                $"{data.Source}: {data.Classes} classes were found, the network {shape} has {shape.Layers[^1].Outputs} outputs.");
        }
    }

    private int Run(Action<int>? progress, CancellationToken cancellation)
    {
        var between = Math.Max(1, _plan.Runs / 200);
        var samples = 0;
        for (var run = 0; run < _plan.Runs && !cancellation.IsCancellationRequested; run++)
        {
            _feed.Provide(run);
            if (run < _plan.FullRuns)
            {
                _fullRun!.Run();
                samples += _plan.SamplesPerRun;
            }
            else
            {
                _lastRun!.Run();
                samples += _plan.Remainder;
            }

            if (progress is not null && (run + 1) % between == 0)
            {
                progress(samples);
            }
        }

        return samples;
    }
}
