using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training.Metrics;
using Gpu.Training.Sets;

namespace Gpu.Host.Sets;

/// <summary>Hears how a run of a set goes, and keeps what it ends with.</summary>
/// <param name="progress">Told of each epoch.</param>
internal sealed class MemberReport(SetProgress progress) : ITrainingReport
{
    private int _epochs;
    private RunEnd? _end;

    public void Start(RunStart start) => _epochs = start.Epochs;

    public void Progress(int epoch, int samples)
    {
        // An epoch of one run among many is soon over.
    }

    public void Epoch(EpochReport epoch) => progress.Epoch((double)epoch.Epoch / _epochs);

    public void End(RunEnd end) => _end = end;

    /// <summary>What became of the run; its model is not judged where there was nothing left to train.</summary>
    internal MemberResult Result(bool isFinished) => new(isFinished ? MemberState.Finished : MemberState.Stopped)
    {
        Epochs = _end?.Epochs ?? 0,
        TrainSeconds = _end?.TrainSeconds ?? 0,
        Judged = _end is null || !isFinished ? [] : _end.Judged.Count > 0 ? [.. _end.Judged.Select(Measures)] : _end.Last is { } last ? [Measures(last.Train)] : [],
    };

    /// <summary>A score as numbers with names.</summary>
    internal static PartMeasures Measures(PartScore score) => new(
        score.Part, score.Classes?.Count ?? score.Quantity!.Count, score.IsChosenBy,
        score.Classes is { } classes ? [("accuracy", classes.Accuracy), .. ScoreText.Measures(classes)] : [.. ScoreText.Measures(score.Quantity!)]);

    private static PartMeasures Measures(Evaluation train) => new(
        "training", train.Count, false, train.Deviation is null ? [("accuracy", train.Accuracy), ("loss", train.Loss)] : [("rmse", train.Rmse), ("loss", train.Loss)]);
}

/// <summary>How far a set of runs has come, on a line that moves on a terminal.</summary>
/// <param name="messages">Where the line stands.</param>
/// <param name="runs">How many runs there are.</param>
internal sealed class SetProgress(Messages messages, int runs)
{
    private const int Parts = 1000;
    private readonly Lock _lock = new();
    private readonly ProgressLine _line = new(messages, "runs");
    private readonly Dictionary<int, double> _underWay = [];
    private int _ended;

    /// <summary>Notes that the run on this thread has trained a share of its epochs.</summary>
    internal void Epoch(double share)
    {
        lock (_lock)
        {
            _underWay[Environment.CurrentManagedThreadId] = share;
            _line.Show($"{_ended} of {runs} runs", (long)(Parts * (_ended + _underWay.Values.Sum())), (long)Parts * runs);
        }
    }

    /// <summary>Notes that the run on this thread has ended.</summary>
    internal void End()
    {
        lock (_lock)
        {
            _underWay.Remove(Environment.CurrentManagedThreadId);
            _ended++;
        }
    }
}
