using Gpu.Kernels.Devices;
using Gpu.Training.Data;
using Gpu.Training.Metrics;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>What is wanted of a pass.</summary>
[Flags]
internal enum PassResults
{
    /// <summary>Loss and correct answers; the samples have labels.</summary>
    Evaluation = 1,

    /// <summary>The outputs and the probability of each class for each sample.</summary>
    Answers = 2,
}

/// <summary>A network applied to one data set, in batches of its own size. Samples and launches are on the device from the start.</summary>
internal sealed class DataPass : IDisposable
{
    private readonly ComputeAccelerator _accelerator;
    private readonly NetworkShape _shape;
    private readonly DeviceParameters _parameters;
    private readonly DataSet _data;
    private readonly PixelScaling _scaling;
    private readonly PassResults _wanted;
    private readonly double _density;
    private readonly StepPlan _plan;
    private readonly SampleFeed _feed;
    private readonly StepState _state;
    private readonly QueuePace _pace;
    private readonly DeviceBuffer<float>? _probabilities;
    private readonly List<IDisposable> _owned = [];
    private readonly (Launch Launch, DeviceView<float> Outputs)? _fullRun;
    private readonly (Launch Launch, DeviceView<float> Outputs)? _lastRun;

    /// <summary>Bytes of samples on a disk from which on they are read batch by batch.</summary>
    private const long StreamedBytes = 256 << 20;

    /// <summary>Bytes of samples that are made when they are asked for, from which on a lone pass makes them batch by batch, and never has all.</summary>
    private const long MadeOnce = 4 << 20;

    /// <summary>The same for passes that recur, where the samples are made by another core while the processor computes: memory is then worth more than its time.</summary>
    private const long MadeAgain = 32 << 20;

    /// <summary>Copies the samples to the device and prepares the launches.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="shape">The network.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="data">The samples.</param>
    /// <param name="scaling">How a byte becomes an input.</param>
    /// <param name="wanted">What is wanted.</param>
    /// <param name="isLone">Whether there is one pass and no more.</param>
    internal DataPass(
        ComputeAccelerator accelerator, NetworkShape shape, DeviceParameters parameters, DataSet data, PixelScaling scaling, PassResults wanted, bool isLone)
    {
        SampleFit.Require(shape, data);
        (_accelerator, _shape, _parameters, _data, _scaling, _wanted) = (accelerator, shape, parameters, data, scaling, wanted);
        _density = data.Density;
        _plan = StepPlan.ForEvaluation(accelerator, shape, data.Count);
        var isStreamed = IsStreamed(data) || IsMadeByBatch(accelerator, data.Samples.AreMade, data.Samples.Bytes, isLone);
        _feed = SampleFeed.Create(accelerator, data, isStreamed ? DataMode.Streamed : DataMode.Resident, _plan.SamplesPerRun);
        _feed.BeginEpoch([.. Enumerable.Range(0, data.Count)]);
        _state = new StepState(accelerator, 1);
        _pace = new QueuePace(accelerator);
        _probabilities = Wants(PassResults.Answers) ? accelerator.Allocate<float>(_plan.SamplesPerRun * shape.Outputs) : null;
        _fullRun = _plan.FullRuns > 0 ? Prepare(_plan.SamplesPerRun) : null;
        _lastRun = _plan.Remainder > 0 ? Prepare(_plan.Remainder) : null;
    }

    /// <summary>Applies the network as it is now; answers are read batch by batch.</summary>
    /// <param name="receive">Gets the answers, where they are wanted.</param>
    /// <param name="cancellation">Ends the pass after the batch that is under way.</param>
    /// <returns>Loss and correct answers; without meaning where no evaluation is wanted.</returns>
    /// <exception cref="TrainingException">Answers are wanted, and there is none for a sample: the network gives NaN.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal Evaluation Run(AnswerReceiver? receive, CancellationToken cancellation)
    {
        var outputs = new float[_probabilities?.Length ?? 0];
        var probabilities = new float[outputs.Length];
        _state.BeginAt(0);
        _pace.Begin();
        for (var run = 0; run < _plan.Runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            var first = run * _plan.SamplesPerRun;
            _feed.Provide(run);
            if (!Wants(PassResults.Evaluation))
            {
                // No tally moves the cursor on.
                _state.BeginAt(first);
            }

            var (launch, from) = (run < _plan.FullRuns ? _fullRun : _lastRun)!.Value;
            launch.Run();
            _pace.Enqueued();
            if (receive is not null)
            {
                receive(Read(first, from, outputs.AsSpan(0, from.Length), probabilities.AsSpan(0, from.Length)));
            }
        }

        if (!Wants(PassResults.Evaluation))
        {
            return default;
        }

        var sums = _state.Read().Sums;
        return new Evaluation(_data.Count, sums.Correct, sums.TotalLoss / _data.Count) { Deviation = _data.Quantity?.Deviation };
    }

    /// <summary>Whether samples are read batch by batch: where they lie on a disk and are many.</summary>
    internal static bool IsStreamed(DataSet data) => data.Samples.IsOnDisk && data.Samples.Bytes > StreamedBytes;

    /// <summary>Whether samples are made batch by batch: where they are made, and many.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="areMade">See <see cref="SampleStore.AreMade"/>.</param>
    /// <param name="bytes">Bytes of all of them.</param>
    /// <param name="isLone">Whether there is one pass and no more.</param>
    internal static bool IsMadeByBatch(ComputeAccelerator accelerator, bool areMade, long bytes, bool isLone) =>
        areMade && bytes > (isLone ? MadeOnce : accelerator.IsHost ? MadeAgain : long.MaxValue);

    public void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        _probabilities?.Dispose();
        _state.Dispose();
        _feed.Dispose();
    }

    private AnswerBatch Read(int first, DeviceView<float> from, Span<float> outputs, Span<float> probabilities)
    {
        from.Buffer.CopyTo(outputs, from.Offset);
        _probabilities!.CopyTo(probabilities);
        var answers = new AnswerBatch(first, _shape.Outputs, outputs, probabilities);
        return answers.FirstWithout() is var row and >= 0
            ? throw new TrainingException(
                Failure.Diverged,
                $"{_data.Source}: expected a number for each class, found NaN for sample {first + row + 1:N0}: the network's weights are too large for "
                + "single precision; train it anew with a lower --lr, or take an earlier checkpoint.")
            : answers;
    }

    private (Launch Launch, DeviceView<float> Outputs) Prepare(int rows)
    {
        var input = new StepInput(_feed, _state, _scaling, _density, rows, _data.Features) { AreFloats = _data.AreFloats, Quantities = _data.Quantities };
        var forward = new ForwardPass(_accelerator, _shape, _parameters, input, learning: null);
        _owned.Add(forward);
        List<Launch> launches = [.. forward.Launches.Select(one => one.Launch)];
        if (_probabilities is { } room)
        {
            launches.Add(_shape.Loss.Head.Prepare(_accelerator, forward.Outputs, rows, _shape.Outputs, room.View.Slice(0, rows * _shape.Outputs)));
        }

        if (Wants(PassResults.Evaluation))
        {
            var scores = new ScoreRoom(_accelerator, rows);
            var loss = new LossLayer(_accelerator, forward, LossSettings.Plain);
            _owned.AddRange([loss, scores]);
            launches.AddRange([loss.Prepare(scores.All, gradient: null), scores.All.PrepareTally(_accelerator, _state)]);
        }

        return (_accelerator.Sequence(Wants(PassResults.Evaluation) ? "evaluation" : "prediction", launches), forward.Outputs);
    }

    private bool Wants(PassResults result) => (_wanted & result) != 0;
}
