using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Metrics;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>Loss and correct answers of a network on one labelled data set, in batches of its own size.</summary>
internal sealed class Evaluator : IDisposable
{
    private readonly ComputeAccelerator _accelerator;
    private readonly NetworkShape _shape;
    private readonly DeviceParameters _parameters;
    private readonly DataSet _data;
    private readonly StepPlan _plan;
    private readonly SampleFeed _feed;
    private readonly StepState _state;
    private readonly QueuePace _pace;
    private readonly List<IDisposable> _owned = [];
    private readonly Launch? _fullRun;
    private readonly Launch? _lastRun;

    internal Evaluator(
        ComputeAccelerator accelerator, NetworkShape shape, DeviceParameters parameters, DataSet data, PixelScaling scaling)
    {
        (_accelerator, _shape, _parameters, _data) = (accelerator, shape, parameters, data);
        _plan = StepPlan.ForEvaluation(accelerator, shape, data.Count);
        _feed = new ResidentFeed(accelerator, data);
        _feed.BeginEpoch([.. Enumerable.Range(0, data.Count)]);
        _state = new StepState(accelerator, 1);
        _pace = new QueuePace(accelerator);
        var density = GatherMatMul.Density(data.Values);
        _fullRun = _plan.FullRuns > 0 ? Prepare(_plan.SamplesPerRun, scaling, density) : null;
        _lastRun = _plan.Remainder > 0 ? Prepare(_plan.Remainder, scaling, density) : null;
    }

    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal Evaluation Run(CancellationToken cancellation)
    {
        _state.BeginAt(0);
        _pace.Begin();
        for (var run = 0; run < _plan.Runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            (run < _plan.FullRuns ? _fullRun : _lastRun)!.Run();
            _pace.Enqueued();
        }

        var sums = _state.Read().Sums;
        return new Evaluation(_data.Count, sums.Correct, sums.TotalLoss / _data.Count);
    }

    public void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        _state.Dispose();
        _feed.Dispose();
    }

    private Launch Prepare(int rows, PixelScaling scaling, double density)
    {
        var input = new StepInput(_feed, _state, scaling, density, rows, _data.Features);
        var forward = new ForwardPass(_accelerator, _shape, _parameters, input);
        var loss = new LossLayer(_accelerator, forward, _state);
        _owned.Add(loss);
        _owned.Add(forward);
        return _accelerator.Sequence("evaluation", [.. forward.Launches, loss.Prepare(gradient: null), loss.Tally]);
    }
}
