using System.Diagnostics;
using Gpu.Host.Devices;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Models;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>
/// Measures the layers of a run at the ends of its epochs, on copies of their numbers, by another thread than the one that trains: at each, where a core was
/// idle meanwhile. Where training has all cores, measurements are taken from it: of short epochs some are then left out, so that all together take half a
/// hundredth of the run.
/// </summary>
internal sealed class LayerWatch : IDisposable
{
    private const double Share = 0.005;

    /// <summary>So much they may take in any case: tables and small images are measured in each epoch.</summary>
    private static readonly TimeSpan _free = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// How much of a core must have been left over by an epoch for a measurement, which is one thread, to take nothing from the next one. With half of one
    /// 20 epochs of 784-128-10 on two cores took 2.3 % longer than without a page, by the median of 18 runs, with this no longer.
    /// </summary>
    private const double IdleShare = 0.9;

    private readonly RunSetup _run;
    private readonly string _path;
    private readonly int _epochs;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly CoreUse _cores = new();
    private TimeSpan _spent;
    private int _measured;
    private bool _isLater;
    private LayerProbe? _probe;

    /// <summary>Begins a table, or goes on with the one that is there.</summary>
    /// <param name="run">The run.</param>
    /// <param name="path">Where the table is.</param>
    /// <param name="epochs">Epochs that are behind the run.</param>
    internal LayerWatch(RunSetup run, string path, int epochs)
    {
        (_run, _path, _epochs) = (run, path, epochs);
    }

    /// <summary>What was measured last; nothing before the first time.</summary>
    internal IReadOnlyList<LayerMeasure> Last { get; private set; } = [];

    /// <summary>The layers of a model as they are, each for itself; none where it is too large to be measured.</summary>
    internal static IReadOnlyList<LayerMeasure> Measure(Model model, DataSet train, Recipe recipe)
    {
        if (!LayerProbe.Suits(model.Shape))
        {
            return [];
        }

        using var probe = new LayerProbe(model.Shape, train, Options(recipe));
        return probe.Measure(model.Parameters, epoch: 0);
    }

    /// <summary>
    /// The layers of the model that the run leaves, each for itself. Where it is that of a later epoch than was measured, its measurements end the table:
    /// curves reach as far as the model, whatever was left out before.
    /// </summary>
    /// <param name="left">The model.</param>
    /// <param name="epoch">The epoch whose end it is, from 1; null where it is none's.</param>
    internal IReadOnlyList<LayerMeasure> Measure(Model left, int? epoch)
    {
        if (_probe is null)
        {
            return Measure(left, _run.Data.Train, _run.Recipe);
        }

        _isLater = epoch > _measured;
        _measured = _isLater ? epoch!.Value : _measured;
        return _probe.Measure(left.Parameters, _isLater ? _measured : 0);
    }

    /// <summary>Keeps what was measured of the model that the run leaves, where it belongs to the table.</summary>
    /// <exception cref="Training.TrainingException">The table cannot be written.</exception>
    internal void Keep(IReadOnlyList<LayerMeasure> left)
    {
        if (_isLater)
        {
            LayersTable.Add(_path, _measured, left);
        }
    }

    /// <summary>Whether there is time to measure at the end of an epoch.</summary>
    /// <remarks>To be asked once an epoch: what was idle is told since the last time.</remarks>
    internal bool IsDue() => LayerProbe.Suits(_run.Shape) && (_cores.IdleSinceLast() >= IdleShare || _spent <= _free + (Share * Stopwatch.GetElapsedTime(_start)));

    /// <summary>Measures.</summary>
    /// <param name="epoch">The epoch that has ended, from 1.</param>
    /// <param name="parameters">The parameters as they were then.</param>
    /// <exception cref="Training.TrainingException">The table cannot be written.</exception>
    internal void Epoch(int epoch, float[] parameters)
    {
        var begun = Stopwatch.GetTimestamp();
        var isFirst = _probe is null;
        if (isFirst)
        {
            LayersTable.Begin(_path, _epochs);
            _probe = new LayerProbe(_run.Shape, _run.Data.Train, Options(_run.Recipe));
        }

        Last = _probe!.Measure(parameters, epoch);
        _measured = epoch;
        LayersTable.Add(_path, epoch, Last);

        // The first time takes what compiling takes, which says nothing of the next ones.
        _spent += isFirst ? TimeSpan.Zero : Stopwatch.GetElapsedTime(begun);
    }

    public void Dispose() => _probe?.Dispose();

    private static TrainerOptions Options(Recipe recipe) => new()
    {
        Scaling = recipe.Scale,
        Loss = new LossSettings(recipe.LabelSmoothing, recipe.ClassWeights?.Values),
        Seed = recipe.Seed,
    };
}
