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
/// The page of a run while it goes on and when it is over. While it goes on it is written at the end of an epoch, at most every 5 s, and its layers are
/// measured, by another thread than the one that trains; then, once, with all answers. A page that cannot be written stops no run.
/// </summary>
internal sealed class LivePage(RunSetup run, RunFolder folder, RunProgress progress, Messages messages) : ITrainingReport, IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);
    private readonly string _path = folder[RunFolder.ReportName];
    private long _last = Stopwatch.GetTimestamp();
    private readonly string _layersPath = folder[RunFolder.LayersName];
    private readonly LayerWatch _layers = new(run, folder[RunFolder.LayersName], progress.Epoch);
    private RunLoop? _loop;
    private Task _work = Task.CompletedTask;
    private RunView? _open, _judged;
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
        // The model that the run leaves is measured when it is judged.
        var isLeft = epoch.Epoch == run.Recipe.Epochs && !_loop!.LeavesBest;
        var (isMeasured, isWritten) = (_layers.IsDue() && !isLeft, Stopwatch.GetElapsedTime(_last) >= _pause);
        if (!_hasFailed && _work.IsCompleted && (isMeasured || isWritten))
        {
            run.Times.Of(RunPart.Page, () => Begin(epoch.Epoch, isMeasured ? _loop!.Parameters : null, isWritten));
        }
    }

    /// <summary>Begins the work that an epoch makes, on copies, for another thread: the one that trains waits for neither measurements nor the page.</summary>
    private Task Begin(int epoch, float[]? measured, bool isWritten)
    {
        var view = isWritten ? _open = View(_loop!.ToModel(), _layers.Last) with { IsRunning = true } : null;
        _last = isWritten ? Stopwatch.GetTimestamp() : _last;
        var data = measured is null ? null : DataText(run.ToModel(measured));
        return _work = Task.Run(() => Try(() =>
        {
            if (measured is not null)
            {
                _layers.Epoch(epoch, measured);
            }

            if (view is not null)
            {
                ReportFile.WriteRun(view with { Layers = _layers.Last, LayerRows = LayersTable.Read(_layersPath) }, _path);
            }
            else
            {
                // What is the same in all pages is made before the first.
                _ = data?.Value;
            }
        }));
    }

    public void End(RunEnd end)
    {
        // Finish writes the last page, once everything else was said.
    }

    /// <summary>
    /// Lets the model that the run leaves answer the samples that judge it, and measures its layers meanwhile: what they do.
    /// </summary>
    /// <param name="accelerator">Where the samples are answered.</param>
    /// <param name="left">The model that the run leaves.</param>
    internal IReadOnlyList<LayerMeasure> Judge(ComputeAccelerator accelerator, Model left) => run.Times.Of(RunPart.Page, () =>
    {
        _work.Wait();
        var reached = _loop!.Progress;
        int? epoch = _loop.LeavesBest ? reached.Best?.Epoch : reached.Epoch == run.Recipe.Epochs ? reached.Epoch : null;
        var measuring = Task.Run(() => _layers.Measure(left, epoch));
        _work = measuring;
        if (reached.Epoch > 0)
        {
            Try(() => _judged = View(left, []).Judged(accelerator));
        }

        var layers = measuring.GetAwaiter().GetResult();
        Try(() => _layers.Keep(layers));
        _judged = _judged is null ? null : _judged with { Layers = layers, LayerRows = LayersTable.Read(_layersPath) };
        return layers;
    });

    /// <summary>Writes the page of a run that is over, or was stopped after an epoch at least, and was judged.</summary>
    internal void Finish()
    {
        _open = null;
        if (_judged is { } view && Try(() =>
        {
            // 'gpu report' shows what is kept, so this page does, too.
            Times().Save(_times);
            ReportFile.WriteRun(view with { Times = RunTimes.Read(_times) }, _path);
        }))
        {
            messages.Say($"report: {_path}");
        }
    }

    /// <summary>A page that was left open by a run that failed says so from now on.</summary>
    public void Dispose()
    {
        _work.Wait();
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
        LayerRows = LayersTable.Read(_layersPath),
        Times = Times(),
        Progress = _loop!.Progress,
        Device = run.DeviceName,
        DataHash = run.DataHash,
        DataText = DataText(model),
    };

    /// <summary>What the page says of the data, by any model of the run.</summary>
    private Lazy<string> DataText(Model model) => _data ??= new Lazy<string>(() => DataSection.Write(run.Data, model, run.DataHash));

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
