using System.Diagnostics;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Kernels.Devices;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Loop;
using Gpu.Training.Models;

namespace Gpu.Host.RunReport;

/// <summary>
/// The page of a run while it goes on and when it is over. While it goes on it is written at the end of an epoch, at most every 5 s, by
/// another thread than the one that trains; then, once, with all answers. A page that cannot be written stops no run.
/// </summary>
internal sealed class LivePage(RunSetup run, RunFolder folder, RunProgress progress, Messages messages) : ITrainingReport, IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);
    private readonly string _path = folder[RunFolder.ReportName];
    private long _last = Stopwatch.GetTimestamp();
    private readonly LayerWatch _layers = new(run, folder[RunFolder.LayersName], progress.Epoch);
    private RunLoop? _loop;
    private Task _writing = Task.CompletedTask;
    private RunView? _open;
    private bool _hasFailed;
    private Lazy<string>? _data;
    private readonly string _times = folder[RunFolder.TimesName];
    private readonly RunTimes _before = RunTimes.Read(folder[RunFolder.TimesName]);

    /// <summary>Says which run it is that goes on.</summary>
    internal void Follow(RunLoop loop) => _loop = loop;

    public void Start(RunStart start)
    {
        // Before the first epoch there is nothing to see.
    }

    public void Progress(int epoch, int samples)
    {
        // A page shows whole epochs.
    }

    public void Epoch(EpochReport epoch)
    {
        if (_hasFailed || !run.Times.Of(RunPart.Page, () => Try(() => _layers.Epoch(epoch.Epoch, () => _loop!.Parameters))) || !_writing.IsCompleted
            || Stopwatch.GetElapsedTime(_last) < _pause)
        {
            return;
        }

        _last = Stopwatch.GetTimestamp();
        var view = _open = run.Times.Of(RunPart.Page, () => View(_loop!.ToModel(), _layers.Last) with { IsRunning = true });
        _writing = Task.Run(() => run.Times.Of(RunPart.Page, () => Try(() => ReportFile.WriteRun(view, _path))));
    }

    public void End(RunEnd end)
    {
        // Finish writes the last page, once everything else was said.
    }

    /// <summary>What the layers of the model do that the run leaves.</summary>
    internal IReadOnlyList<LayerMeasure> Measure(Model left) => run.Times.Of(RunPart.Page, () => _layers.Measure(left));

    /// <summary>Writes the page of a run that is over, or was stopped after an epoch at least.</summary>
    /// <param name="accelerator">Where the samples that judge the run are answered.</param>
    /// <param name="left">The model that the run leaves.</param>
    /// <param name="layers">What its layers do.</param>
    internal void Finish(ComputeAccelerator accelerator, Model left, IReadOnlyList<LayerMeasure> layers)
    {
        if (_loop!.Progress.Epoch == 0)
        {
            return;
        }

        _writing.Wait();
        _open = null;
        var isWritten = Try(() =>
        {
            var view = run.Times.Of(RunPart.Page, () => View(left, layers).Judged(accelerator));

            // 'gpu report' shows what is kept, so this page does, too.
            Times().Save(_times);
            ReportFile.WriteRun(view with { Times = RunTimes.Read(_times) }, _path);
        });
        if (isWritten)
        {
            messages.Say($"report: {_path}");
        }
    }

    /// <summary>A page that was left open by a run that failed says so from now on.</summary>
    public void Dispose()
    {
        _writing.Wait();
        _layers.Dispose();
        if (_open is { } left)
        {
            Try(() => ReportFile.WriteRun(left with { IsRunning = false }, _path));
        }
    }

    /// <summary>Where the time of the run went so far, in this process and in those before.</summary>
    private RunTimes Times()
    {
        var times = new RunTimes();
        times.Add(_before);
        times.Add(run.Times);
        return times;
    }

    /// <summary>The run as it is now, with the model that it would leave.</summary>
    private RunView View(Model model, IReadOnlyList<LayerMeasure> layers) => new()
    {
        Folder = folder.Path,
        Recipe = run.Recipe,
        Model = model,
        Data = run.Data,
        Metrics = MetricsTable.Read(folder[RunFolder.MetricsName]),
        Layers = layers,
        LayerRows = LayersTable.Read(folder[RunFolder.LayersName]),
        Times = Times(),
        Progress = _loop!.Progress,
        Device = run.DeviceName,
        DataHash = run.DataHash,
        DataText = _data ??= new Lazy<string>(() => DataSection.Write(run.Data, model, run.DataHash)),
    };

    private bool Try(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (TrainingException failure)
        {
            _hasFailed = true;
            messages.Warn($"{failure.Message.TrimEnd('.')}; the run goes on without its report, and 'gpu report {TrainRequest.Quote(folder.Path)}' writes it anew");
            return false;
        }
    }
}
