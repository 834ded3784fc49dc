using Gpu.Host.Reports;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Metrics;
using Gpu.Training.Models;

namespace Gpu.Host.Runs;

/// <summary>
/// The epochs of a run, from wherever it stands to its end, with a row of metrics for each and checkpoints between, which reach the disk
/// beside what is trained next.
/// </summary>
internal sealed class RunLoop : IDisposable
{
    private readonly RunSetup _run;
    private readonly Trainer _trainer;
    private readonly TrainerState _state;
    private readonly CheckpointFolder _checkpoints;
    private readonly CheckpointInterval _every;
    private readonly MetricsCsv _metrics;
    private readonly CheckpointWriter _writer;
    private readonly NumbersGuard _guard;
    private readonly ITrainingReport _report;
    private readonly RunRates _rateOf;
    private readonly float[] _rates;
    private readonly bool _keepsBest;
    private RunProgress? _saved;

    internal RunLoop(RunSetup run, Trainer trainer, RunFolder folder, TrainRequest request, RunProgress progress, ITrainingReport report,
        Messages messages)
    {
        (_run, _trainer, _report, Progress) = (run, trainer, report, progress);
        _state = trainer.CreateState();
        _checkpoints = new CheckpointFolder(folder[RunFolder.CheckpointsName], request.Keep);
        _every = request.Every;
        _metrics = new MetricsCsv(folder[RunFolder.MetricsName], run.Data.Validation is not null, run.Data.Test is not null, run.Data.Train.Quantity is not null);
        _writer = new CheckpointWriter(_checkpoints, _metrics);
        _rateOf = new RunRates(run.Recipe);
        _guard = new NumbersGuard(run, trainer, _rateOf, folder, _writer, request, messages);
        _rates = new float[trainer.StepsPerEpoch];

        // By its training loss nearly every epoch is the best so far, and of runs beside one another nobody asks for it: most of their time would go into it.
        _keepsBest = request.Beside is null || run.Data.Validation is not null || run.Recipe.EarlyStop is not null;
    }

    /// <summary>How far the run has come.</summary>
    internal RunProgress Progress { get; private set; }

    /// <summary>The last epoch that came to its end in this process; null before the first.</summary>
    internal EpochReport? Last { get; private set; }

    /// <summary>Whether the run is over: its last epoch is behind it, or the recipe's early stop says so.</summary>
    internal bool IsOver => Progress.Epoch >= _run.Recipe.Epochs || StoppedEarly;

    /// <summary>Whether the recipe's early stop ended the run.</summary>
    internal bool StoppedEarly => _run.Recipe.EarlyStop?.Ends(Progress, _run.Recipe.EvalEvery) == true;

    /// <summary>
    /// Whether the run leaves its best epoch and not its last: where it was stopped early, and of tables, which are soon learned by heart, wherever
    /// samples were held out to tell which was best.
    /// </summary>
    internal bool LeavesBest => StoppedEarly || (_run.Data is { Table: not null, Validation: not null } && Progress.Best is not null);

    /// <summary>Makes the files that every run has: the table of metrics and the checkpoint it can go on from; both are on the disk then.</summary>
    internal void Begin()
    {
        _metrics.Begin(Progress.Epoch);
        Save(isBest: false);
        Wait();
    }

    /// <summary>Trains to the end, or until stopped: then a checkpoint says where. It is on the disk then.</summary>
    /// <exception cref="TrainingException">A checkpoint cannot be written.</exception>
    internal void Train(CancellationToken stop)
    {
        // With a checkpoint that cannot be written the run ends at once, and not at the end of an epoch of hours.
        using (var ends = CancellationTokenSource.CreateLinkedTokenSource(stop, _writer.Failed))
        {
            while (!IsOver && TrainEpoch(ends.Token))
            {
            }
        }

        if (Progress != _saved)
        {
            Save(isBest: false);
        }

        Wait();
    }

    /// <summary>What is being written comes to its end.</summary>
    public void Dispose() => _writer.Dispose();

    /// <summary>The parameters that are trained, as they are now.</summary>
    internal float[] Parameters => _trainer.GetParameters();

    /// <summary>The model that the run leaves, as far as it has come; what is being written is on the disk then.</summary>
    internal Model ToModel()
    {
        Wait();
        return LeavesBest ? _checkpoints.LoadBest().ToModel() : _run.ToModel(_trainer.GetResult());
    }

    /// <summary>
    /// The last epoch, with the scores of the model that the run leaves: where that is of the best epoch, the trainer goes back to it and
    /// answers once more.
    /// </summary>
    internal EpochReport? Final()
    {
        if (!LeavesBest || Last is null)
        {
            return Last;
        }

        _trainer.RestoreState(ResumedRun.State(_checkpoints.LoadBest()));
        return Last with
        {
            Validation = _trainer.Evaluate(_run.Data.Validation!),
            Test = _run.Data.Test is { } test ? _trainer.Evaluate(test) : null,
        };
    }

    /// <summary>What is left of an epoch, and its evaluation, or the way back to a checkpoint; false where it was stopped before its end.</summary>
    private bool TrainEpoch(CancellationToken stop)
    {
        var epoch = Progress.Epoch + 1;
        _rateOf.Begin(Progress.Epoch, Progress.Restores, Progress.Schedule, _rates);
        while (true)
        {
            var result = TrainPart(epoch, stop);
            if (_guard.IsBad(result))
            {
                return GoBack(_guard.Restore(result, Progress, stop));
            }

            if (result.Completed)
            {
                return Evaluate(epoch, result, stop) is { } report && (_guard.Restore(report, Progress, stop) is { } back ? GoBack(back) : End(report));
            }

            if (stop.IsCancellationRequested)
            {
                return false;
            }

            Save(isBest: false);
        }
    }

    /// <summary>Goes on from a checkpoint that was put back; how often that was done is on the disk at once, so that no resume forgets it.</summary>
    private bool GoBack(RunProgress progress)
    {
        Progress = progress;
        _metrics.Begin(Progress.Epoch);
        Save(isBest: false);
        return true;
    }

    /// <summary>The epoch up to the next checkpoint.</summary>
    private EpochResult TrainPart(int epoch, CancellationToken stop)
    {
        var from = Progress.Position;
        var until = _every.Steps == 0
            ? _trainer.StepsPerEpoch
            : (int)Math.Min(_trainer.StepsPerEpoch, ((from.Step / _every.Steps) + 1L) * _every.Steps);
        var result = _trainer.TrainEpoch(epoch - 1, _rates, from, until, samples => _report.Progress(epoch, samples), stop);
        _run.Times.Add(RunPart.Training, result.Seconds);
        _run.Times.Step = [.. _trainer.StepTimes.Select(part => new StepPart(part.Name, part.Seconds))];
        Progress = Progress with
        {
            Position = result.Position,
            Steps = Progress.Steps + result.Position.Step - from.Step,
            EpochSeconds = Progress.EpochSeconds + result.Seconds,

            // Where all of the epoch was trained before, its last step is not done again.
            GradientNorm = result.Position.Step == from.Step ? Progress.GradientNorm : result.GradientNorm,
        };
        return result;
    }

    /// <summary>What an epoch gave; null where the evaluation was stopped.</summary>
    private EpochReport? Evaluate(int epoch, EpochResult result, CancellationToken stop)
    {
        try
        {
            var isDue = epoch % _run.Recipe.EvalEvery == 0 || epoch == _run.Recipe.Epochs;
            var (validation, test) = isDue ? (_run.Data.Validation, _run.Data.Test) : default;
            var seconds = Progress.EpochSeconds;
            Evaluation? Answered(DataSet? part) => part is null ? null : _run.Times.Of(RunPart.Evaluation, () => _trainer.Evaluate(part, stop));
            return new EpochReport(
                epoch, new Evaluation(result.Samples, result.Correct, result.Loss) { Deviation = _run.Data.Train.Quantity?.Deviation },
                Answered(validation), Answered(test),
                seconds, result.Samples / seconds, _rates[^1], Progress.GradientNorm);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Puts an epoch behind the run.</summary>
    private bool End(EpochReport epoch)
    {
        _guard.ReportSkipped(epoch.Epoch, Progress.Position.Sums);
        var isBest = _keepsBest && Judge(epoch) is { } score && score.IsBetterThan(Progress.Best);
        Progress = Progress with
        {
            Epoch = epoch.Epoch,
            Position = EpochPosition.Start,
            EpochSeconds = 0,
            GradientNorm = null,
            TrainSeconds = Progress.TrainSeconds + Progress.EpochSeconds,
            Schedule = Judge(epoch) is { } judged ? _run.Recipe.Schedule.Next(Progress.Schedule, judged.Loss) : Progress.Schedule,
            Best = isBest ? Judge(epoch) : Progress.Best,
            LastGain = IsGain(epoch) ? Judge(epoch) : Progress.LastGain,
        };
        Last = epoch;
        _metrics.Add(epoch);
        if (isBest || epoch.Epoch % _every.Epochs == 0)
        {
            Save(isBest);
        }

        _report.Epoch(epoch);
        return true;
    }

    /// <summary>What judges an epoch: the validation samples, where it was evaluated, or without such samples the training loss.</summary>
    private BestEpoch? Judge(EpochReport epoch) => epoch.Validation is { } score ? new(epoch.Epoch, score.Correct, score.Loss)
        : _run.Data.Validation is null ? new(epoch.Epoch, 0, epoch.Train.Loss) : null;

    private bool IsGain(EpochReport epoch) => _run.Recipe.EarlyStop is { } early && Judge(epoch) is { } score
        && early.IsGain(score, Progress.LastGain, epoch.Validation?.Count ?? 0);

    /// <summary>Begins a checkpoint of where the run stands, once the one before it is on the disk.</summary>
    private void Save(bool isBest)
    {
        Wait();
        _trainer.SaveState(_state);
        var checkpoint = new Checkpoint(
            _run.ToModel(_state.Parameters), _state.Optimizer, Progress, _run.Recipe, _run.DataHash, _run.DeviceName);
        _writer.Begin(checkpoint with { Average = _state.Average }, isBest);
        _saved = Progress;
    }

    /// <summary>Waits for the checkpoint that is being written, before its numbers change or it is read.</summary>
    private void Wait() => _run.Times.Of(RunPart.Writing, _writer.Wait);
}
