using Gpu.Host.Runs;
using Gpu.Host.Streams;

namespace Gpu.Host.Reports;

/// <summary>
/// Standard output of a training run, which goes on without it where it fails: what it would have shown stands in the run's folder, too.
/// </summary>
internal sealed class RunOutput(Messages messages) : ITrainingReport
{
    private OutputException? _failure;
    private RunEnd? _end;

    /// <summary>Whether something of what was to be shown could not be.</summary>
    internal bool IsLost => _failure is not null;

    /// <summary>Opens the stream.</summary>
    internal Stream Open() => StandardStreams.OpenOutput(Lose);

    /// <summary>Notes that the stream failed, and says so.</summary>
    internal void Lose(OutputException failure)
    {
        _failure = failure;
        messages.Warn($"{failure.Message.TrimEnd('.')}; the run goes on without it, and {RunFolder.MetricsName} in its folder gets every epoch");
    }

    public void Start(RunStart start)
    {
        // The reports that write to the stream do.
    }

    public void Progress(int epoch, int samples)
    {
        // The reports that write to the stream do.
    }

    public void Epoch(EpochReport epoch)
    {
        // The reports that write to the stream do.
    }

    public void End(RunEnd end) => _end = end;

    /// <summary>Says where what was not shown is, once everything else was said.</summary>
    internal void Tell()
    {
        if (_failure is not null && _end is { } end)
        {
            messages.Insist(
                $"gpu: Standard output could not be written ({_failure.Why}), the run {(end.Stopped ? "was stopped" : "came to its end")} all the same: its epochs are in "
                + $"{Path.Combine(Path.GetDirectoryName(end.Model) ?? "", RunFolder.MetricsName)}, its model is {end.Model}.");
        }
    }
}
