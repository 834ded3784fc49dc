using Gpu.Host.CommandLine;
using Gpu.Host.Commands;
using Gpu.Host.Reports;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;
using Gpu.Training;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Metrics;
using Gpu.Training.Models;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>What <c>gpu train</c> was asked for.</summary>
/// <param name="Settings">The settings of the recipe file and the options over it.</param>
/// <param name="From">The model to start from, or null.</param>
/// <param name="Out">The run's folder, or null for one named by date and time.</param>
/// <param name="Force">Whether a run in that folder is replaced.</param>
internal sealed record TrainRequest(RecipeSettings Settings, string? From, string? Out, bool Force);

/// <summary>One training run, from its settings to its folder.</summary>
internal sealed class TrainingSession
{
    private readonly ITrainingReport _report;
    private readonly Messages _messages;
    private readonly CancellationToken _stop;
    private readonly Recipe _recipe;
    private readonly NetworkShape _shape;
    private readonly PixelScaling _scaling;
    private readonly TrainingData _data;
    private readonly List<EpochReport> _epochs = [];

    private TrainingSession(
        Recipe recipe, NetworkShape shape, PixelScaling scaling, TrainingData data, ITrainingReport report, Messages messages, CancellationToken stop)
    {
        (_recipe, _shape, _scaling, _data) = (recipe, shape, scaling, data);
        (_report, _messages, _stop) = (report, messages, stop);
    }

    /// <summary>Trains, unless <paramref name="stop"/> comes before there is anything to keep.</summary>
    internal static void Run(TrainRequest request, ITrainingReport report, Messages messages, CancellationToken stop)
    {
        // What can be refused at once is refused before data is loaded.
        var recipe = request.Settings.ToRecipe();
        DeviceChoice.Check(recipe.Device);
        var start = request.From is { } path ? ModelPath.Load(path) : null;
        recipe = start is null ? recipe : StartingModel.Resolve(recipe, request.Settings, start, request.From!);
        using var folder = RunFolder.Prepare(request.Out, request.Force, DateTime.Now);
        TrainingData data;
        try
        {
            data = TrainingData.Load(recipe, messages, stop);
            stop.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }

        var shape = start is null
            ? recipe.Shape(data.Train.Features, data.Train.Classes)
            : new NetworkShape(start.Shape.Layers, recipe.Loss);
        var work = DeviceWork.Training(shape, Math.Min(recipe.BatchSize, data.Train.Count));
        using var accelerator = DeviceChoice.Open(recipe.Device, work, new AcceleratorOptions { Threads = recipe.Threads }, messages.Say);
        recipe = recipe with
        {
            Data = data.Spec,
            Device = accelerator.Id,
            Threads = accelerator is CpuAccelerator cpu ? cpu.Options.Threads : recipe.Threads,
        };
        var session = new TrainingSession(recipe, shape, recipe.Scale, data, report, messages, stop);
        session.Train(accelerator, start, folder);
    }

    private void Train(ComputeAccelerator accelerator, Model? start, RunFolder folder)
    {
        Introduce(accelerator);
        using var trainer = new Trainer(accelerator, _shape, _data.Train, Options());
        trainer.SetParameters(start?.Parameters ?? InitialParameters());
        _report.Start(new RunStart(
            accelerator.Description, _shape.ParameterCount, _recipe.Epochs, _data.Train.Count, _data.Validation is not null, _data.Test is not null));
        var rates = new float[trainer.StepsPerEpoch];
        for (var epoch = 1; epoch <= _recipe.Epochs && TrainEpoch(trainer, epoch, rates); epoch++)
        {
            RequireFinite(_epochs[^1]);
        }

        Save(trainer.GetParameters(), folder);
        _report.End(new RunEnd(
            _epochs.Count, _epochs.LastOrDefault(), _epochs.Sum(e => e.TrainSeconds), folder.Final(RunFolder.ModelName), _stop.IsCancellationRequested));
    }

    /// <summary>One epoch and its evaluation; false where it was stopped before its end.</summary>
    private bool TrainEpoch(Trainer trainer, int epoch, float[] rates)
    {
        LearningRates.Fill(_recipe, epoch - 1, rates);
        var result = trainer.TrainEpoch(epoch - 1, rates, samples => _report.Progress(epoch, samples), _stop);
        if (!result.Completed)
        {
            return false;
        }

        var report = new EpochReport(
            epoch, new Evaluation(result.Samples, result.Correct, result.Loss), _data.Validation is null ? null : trainer.Evaluate(_data.Validation),
            _data.Test is null ? null : trainer.Evaluate(_data.Test),
            result.Seconds, result.SamplesPerSecond, rates[^1]);
        _epochs.Add(report);
        _report.Epoch(report);
        return true;
    }

    private void RequireFinite(EpochReport epoch)
    {
        if (!double.IsFinite(epoch.Train.Loss))
        {
            throw new TrainingException(
                Failure.Diverged,
                $"Training diverged: expected a finite training loss, found {Format.Loss(epoch.Train.Loss)} in epoch {epoch.Epoch}; "
                + $"try a smaller --lr (it is {_recipe.LearningRate}), and nothing was written.");
        }
    }

    private void Introduce(ComputeAccelerator accelerator)
    {
        _messages.Say($"data: {_data.Description}");
        _messages.Say($"network: {_shape}, {_shape.ParameterCount:N0} parameters, about {Format.Bytes(MemoryEstimate.Training(_shape, _recipe))} to train");
        _messages.Detail(accelerator is CpuAccelerator ? $"processor: {accelerator.Name}, {_recipe.Threads} threads" : $"device: {accelerator.Description}");
        foreach (var key in RecipeKeys.All.Where(key => key.Name != "note"))
        {
            _messages.Detail($"  {key.Name}: {key.Write(_recipe)}");
        }

        if (InputRange.Warning(_data.Train, _scaling) is { } warning)
        {
            _messages.Warn(warning);
        }
    }

    private TrainerOptions Options() => new()
    {
        BatchSize = _recipe.BatchSize,
        Momentum = _recipe.Momentum,
        L2 = _recipe.L2,
        SkipCorrectAfter = _recipe.SkipCorrectAfter,
        Scaling = _scaling,
        DataMode = _recipe.DataMode,
        Seed = _recipe.Seed,
    };

    private float[] InitialParameters()
    {
        var parameters = new float[_shape.ParameterCount];
        InitialWeights.Fill(_shape, _recipe.Init, _recipe.BiasInit, _recipe.Seed, parameters);
        return parameters;
    }

    private void Save(float[] parameters, RunFolder folder)
    {
        var origin = new ModelOrigin(_recipe.Device, _recipe.Seed, GpuProgram.Version);
        var model = new Model(_shape, parameters, _scaling, _data.Train.Height, _data.Train.Width, origin);
        ModelFile.Save(folder.Temporary(RunFolder.ModelName), model);
        RecipeFile.Save(folder.Temporary(RunFolder.RecipeName), _recipe);
        MetricsCsv.Write(folder.Temporary(RunFolder.MetricsName), _epochs);
        folder.Commit();
    }
}
