using System.Diagnostics;
using Gpu.Host.Devices;
using Gpu.Host.Reports;
using Gpu.Host.RunReport;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Loop;
using Gpu.Training.Models;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>One call of <c>gpu train</c>: a new run from its settings, or one that goes on, to what it leaves in its folder.</summary>
internal sealed class TrainingSession
{
    /// <summary>Samples that take more leave much behind while they are read.</summary>
    private const long LargeBytes = 64 << 20;

    private readonly TrainRequest _request;
    private readonly ITrainingReport _report;
    private readonly Messages _messages;
    private readonly CancellationToken _stop;
    private readonly RunTimes _times = new();
    private readonly long _begun = Stopwatch.GetTimestamp();
    private KnownSamples? _known;

    private TrainingSession(TrainRequest request, ITrainingReport report, Messages messages, CancellationToken stop) =>
        (_request, _report, _messages, _stop) = (request, report, messages, stop);

    /// <summary>Trains, unless <paramref name="stop"/> comes before there is anything to keep; false where it was stopped before its end.</summary>
    internal static bool Run(TrainRequest request, ITrainingReport report, Messages messages, CancellationToken stop)
    {
        var session = new TrainingSession(request, report, messages, stop);
        if (session.LeavesPage)
        {
            PageRehearsal.Begin();
        }

        try
        {
            return request.Resume is { } path ? session.Resume(path) : session.Begin();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped while data was loaded: a new run leaves nothing behind, another its folder as it was.
            return false;
        }
    }

    /// <summary>Whether the run leaves its page: of runs beside one another the tables say enough, and 'gpu report' writes the page of one.</summary>
    private bool LeavesPage => !_request.NoReport && _request.Beside is null;

    private bool Begin()
    {
        // What can be refused at once is refused before data is loaded.
        var weights = StartingWeights.Load(_request.From);
        var settings = weights is null ? _request.Settings : StartingWeights.Settings(weights, _request.Settings);
        var recipe = settings.ToRecipe();
        DeviceChoice.Check(recipe.Device);
        var start = _request.From is { } path && weights is null ? ModelPath.Load(path, _messages) : null;
        recipe = start is null ? recipe : StartingModel.Resolve(recipe, settings, start, _request.From!);
        using var folder = RunFolder.Create(_request.Out, _request.Force, DateTime.Now);
        recipe = recipe with { BeganIn = DataPlace.BeganIn(folder.Path) };
        var data = Load(recipe, folder, start, start is null ? TableRecipe.UsualValidation(recipe, settings) : null);
        recipe = recipe with { Validation = recipe.Validation ?? data.Validated };
        recipe = TableRecipe.Resolve(recipe, settings, data, isNew: start is null);
        var shape = start is null
            ? recipe.Shape(data.Table is null ? new SampleSize(data.Train.Height, data.Train.Width, 1) : SampleSize.Of(data.Train.Features), data.Outputs, data.Table?.Encoding)
            : new NetworkShape(start.Shape.Layers, recipe.Loss);
        var given = start?.Parameters ?? weights?.For(shape);
        using var accelerator = Open(recipe, shape, data);
        using var turn = _request.Beside?.TakeTurn(accelerator, _stop);
        var run = Setup(recipe, shape, data, accelerator);
        Introduce(run, accelerator);
        SayScale(recipe.Scale, run);
        RequireJudge(run);
        SaveKnown(folder, start is null ? null : _request.From);
        var options = MemoryCheck.Require(run, accelerator, Options(run, EpochPosition.Start), canShrink: given is null, _messages);
        run = run with { Recipe = run.Recipe with { Shuffle = options.Shuffle } };
        using var trainer = Prepare(run, accelerator, options);
        trainer.SetParameters(given ?? InitialWeights.Draw(shape, recipe.Init, recipe.BiasInit, recipe.Seed));
        RecipeFile.Save(folder[RunFolder.RecipeName], run.Recipe);
        using (var loop = new RunLoop(run, trainer, folder, _request, new RunProgress(), _report, _messages))
        {
            loop.Begin();
        }

        DiskRoom.Require(folder, _request.Keep);
        folder.Publish();
        return Train(run, accelerator, trainer, folder, new RunProgress());
    }

    private bool Resume(string path)
    {
        ResumedRun.RequireNoPlace(_request);
        using var folder = RunFolder.Open(path);
        var checkpoint = ResumedRun.LoadCheckpoint(folder);
        ResumedRun.RequireFree(_request, checkpoint.Recipe);
        var recipe = DataPlace.Keep(ResumedRun.Recipe(folder, checkpoint, _request.Settings), _request.Settings, folder.Path);
        DeviceChoice.Check(recipe.Device);
        if (ResumedRun.IsFinished(folder, checkpoint, recipe))
        {
            _messages.Say($"{folder.Path} is finished, {ResumedRun.HowFinished(checkpoint, recipe)}");
            _report.End(new RunEnd(
                checkpoint.Progress.Epoch, Last: null, checkpoint.Progress.TrainSeconds, folder[RunFolder.ModelName], Stopped: false));
            return true;
        }

        var data = Load(recipe, folder, checkpoint.Model, usual: null);
        using var accelerator = Open(recipe, checkpoint.Model.Shape, data);
        using var turn = _request.Beside?.TakeTurn(accelerator, _stop);
        var run = Setup(recipe, checkpoint.Model.Shape, data, accelerator);
        ResumedRun.RequireSameData(data, run.DataHash, checkpoint, _request.Force, _messages);
        Introduce(run, accelerator);
        RequireJudge(run);
        var options = MemoryCheck.Require(run, accelerator, Options(run, checkpoint.Progress.Position), canShrink: false, _messages);
        run = run with { Recipe = run.Recipe with { Shuffle = options.Shuffle } };
        using var trainer = Prepare(run, accelerator, options);
        ResumedRun.RequirePlace(folder, checkpoint, trainer.StepsPerEpoch);
        ResumedRun.Introduce(folder, checkpoint, run, trainer.StepsPerEpoch, _messages);
        trainer.RestoreState(ResumedRun.State(checkpoint));
        folder.Renew(run.Recipe, checkpoint, _request.Keep);
        SaveKnown(folder, run.DataHash == checkpoint.DataHash ? null : folder.Path);
        return Train(run, accelerator, trainer, folder, checkpoint.Progress);
    }

    /// <summary>Trains to the end; false where it was stopped before.</summary>
    private bool Train(RunSetup run, ComputeAccelerator accelerator, Trainer trainer, RunFolder folder, RunProgress progress)
    {
        using var page = LeavesPage ? new LivePage(run, folder, progress, _messages) : null;
        using var loop = new RunLoop(run, trainer, folder, _request, progress, page is null ? _report : new ReportToAll(_report, page), _messages);
        page?.Follow(loop);
        _report.Start(new RunStart(
            accelerator.Description, run.Shape.ParameterCount, run.Recipe.Epochs, run.Data.Train.Count, run.Data.Validation is not null,
            run.Data.Test is not null, run.Data.Train.Quantity is not null));
        if (_request.Resume is not null)
        {
            loop.Begin();
        }

        _times.Add(RunPart.Preparation, Math.Max(0, Stopwatch.GetElapsedTime(_begun).TotalSeconds - _times.Total));
        loop.Train(_stop);
        var model = folder[RunFolder.ModelName];
        var left = _times.Of(RunPart.Writing, () => Leave(loop, model));
        var isFinished = loop.IsOver;
        if (loop.StoppedEarly)
        {
            _messages.Say($"stopped early: {run.Recipe.EarlyStop!.Patience:N0} epochs brought no better validation score; the model is that of the best epoch, {loop.Progress.Best!.Value.Epoch:N0}");
        }

        var final = loop.Final();

        // What judges and shows the model takes memory of its own.
        trainer.Dispose();
        _report.End(new RunEnd(loop.Progress.Epoch, final, loop.Progress.TrainSeconds, model, Stopped: !isFinished)
        {
            Judged = run.Data.Table is null && run.Data.Final is null && _request.Beside is null ? []
                : _times.Of(RunPart.Evaluation, () => FinalJudge.Of(accelerator, left, run.Data, loop.LeavesBest)),
            Best = RunAdvice.Best(loop.Progress, run.Data, folder.Path),
            Next = isFinished ? RunAdvice.Next(folder.Path, run.Recipe, loop.StoppedEarly) : [],
        });
        if (run.Data.Table is null && loop.Last is { } last && RunAdvice.LearnedNothing(run, last) is { } warning)
        {
            _messages.Warn(warning);
        }

        var layers = page?.Judge(accelerator, left) ?? [];
        if (RunAdvice.NeverFires(run, layers) is { } dead)
        {
            _messages.Warn(dead);
        }

        page?.Finish();

        // Of runs beside one another the set is gone on with.
        if (!isFinished && _request.Beside is null)
        {
            if (loop.Progress.Position.Step > 0)
            {
                _messages.Say($"stopped in epoch {loop.Progress.Epoch + 1:N0}, after {loop.Progress.Position.Step:N0} of its {trainer.StepsPerEpoch:N0} steps");
            }

            _messages.Insist($"to go on: {_request.ResumeCommand(folder.Path)}");
        }

        return isFinished;
    }

    /// <summary>Writes the model that the run leaves.</summary>
    private static Model Leave(RunLoop loop, string path)
    {
        var left = loop.ToModel();
        ModelFile.Save(path, left);
        return left;
    }

    private TrainingData Load(Recipe recipe, RunFolder folder, Model? start, UsualSplit? usual)
    {
        var (here, downloads) = (DataPlace.FromHere(recipe, folder.Path), DataPlace.Downloads(recipe, folder.Path));
        var data = _times.Of(RunPart.Data, () => TrainingData.Load(here, downloads, usual, start, _messages, _stop, _request.Beside?.Data));
        _stop.ThrowIfCancellationRequested();
        return data;
    }

    private ComputeAccelerator Open(Recipe recipe, NetworkShape shape, TrainingData data)
    {
        var work = DeviceWork.Training(shape, Math.Min(recipe.BatchSize, data.Train.Count));
        ComputeAccelerator Device(int threads) => DeviceChoice.Open(recipe.Device, work, new AcceleratorOptions { Threads = threads }, _messages.Say);
        return _request.Beside is { } beside ? beside.Open(Device) : Device(recipe.Threads);
    }

    private RunSetup Setup(Recipe recipe, NetworkShape shape, TrainingData data, ComputeAccelerator accelerator)
    {
        // Goes through all samples, and counts them: what comes behind it need not.
        (var hash, _known) = _times.Of(RunPart.Data, () =>
            data.Final is null ? KnownSamples.Of(data.Train, data.Validation, data.Test) : KnownSamples.Of(data.Train, data.Validation, data.Test, data.Final));
        return new RunSetup
        {
            Recipe = recipe with
            {
                Data = recipe.Data ?? data.Spec,
                Target = recipe.Target ?? data.Table?.Target,
                Scale = recipe.Scale.Resolve(data.Train),
                ClassWeights = recipe.ClassWeights?.Resolve(data.Train, shape.Outputs),
                Device = accelerator.Id,
            },
            Shape = shape,
            Data = data,
            InputMean = data.Train.AreFloats ? null : Ink.Mean(data.Train),
            DataHash = hash,
            Times = _times,
            DeviceName = accelerator.Description,
        };
    }

    /// <summary>What trains, with all that it takes.</summary>
    private static Trainer Prepare(RunSetup run, ComputeAccelerator accelerator, TrainerOptions options)
    {
        if (run.Data.Train.Samples.ResidentBytes > LargeBytes)
        {
            HostMemory.GiveBack();
        }

        return new Trainer(accelerator, run.Shape, run.Data.Train, options);
    }

    /// <summary>Writes what the run knows its samples by, with what a run before it knew.</summary>
    private void SaveKnown(RunFolder folder, string? before)
    {
        KnownRows.Save(folder[RunFolder.KnownName], _known!, before);

        // Of a large table it takes 8 MiB, which nobody asks for any more.
        _known = null;
    }

    private void Introduce(RunSetup run, ComputeAccelerator accelerator)
    {
        var (recipe, shape) = (run.Recipe, run.Shape);
        _messages.Say($"data: {run.Data.Description}");
        _messages.Say($"network: {shape}, {shape.ParameterCount:N0} parameters");
        if (recipe.IsDefaultRate)
        {
            _messages.Say($"learning rate: {recipe.LearningRate}, the default of {recipe.Optimizer.Optimizer}");
        }

        _messages.Detail(accelerator is CpuAccelerator cpu ? $"processor: {accelerator.Name}, {cpu.Options.Threads} threads" : $"device: {accelerator.Description}");
        foreach (var key in RecipeKeys.All.Where(key => key.Name != "note"))
        {
            _messages.Detail($"  {key.Name}: {key.Write(recipe)}");
        }

        if (InputRange.Warning(run.Data.Train, recipe.Scale) is { } warning)
        {
            _messages.Warn(warning);
        }

        foreach (var lacking in ClassWarnings.Of(run.Data, shape.Outputs, recipe))
        {
            _messages.Warn(lacking);
        }
    }

    /// <summary>Checks that there is what early stopping goes by.</summary>
    private static void RequireJudge(RunSetup run)
    {
        if (run.Recipe.EarlyStop is { } early && run.Data.Validation is null)
        {
            throw TrainingException.BadUsage(
                $"early-stop is {early}, but there are no validation samples, by which it would be judged when to stop: hold some out with --validation 0.15.");
        }
    }

    /// <summary>Says what was chosen by the training data.</summary>
    private void SayScale(PixelScaling asked, RunSetup run)
    {
        if (asked == PixelScaling.Auto && !run.Data.Train.AreFloats)
        {
            var largest = run.Data.Train.Statistics.Max;
            var one = run.Recipe.Scale == PixelScaling.Unit ? byte.MaxValue : largest;
            _messages.Say($"scale: {run.Recipe.Scale} ({one} becomes 1), because the largest value is {largest}");
        }
    }

    private TrainerOptions Options(RunSetup run, EpochPosition position) => new()
    {
        BatchSize = run.Recipe.StepSize,
        Accumulate = run.Recipe.Accumulate,
        Optimizer = run.Recipe.Optimizer,
        Momentum = run.Recipe.Momentum,
        L2 = run.Recipe.L2,
        WeightDecay = run.Recipe.WeightDecay,
        ClipNorm = run.Recipe.ClipNorm,
        ClipValue = run.Recipe.ClipValue,
        Ema = run.Recipe.Ema,
        Loss = new LossSettings(run.Recipe.LabelSmoothing, run.Recipe.ClassWeights?.Values),
        SkipBadSteps = run.Recipe.OnNan == BadNumbers.Skip,
        SkipCorrectAfter = run.Recipe.SkipCorrectAfter,
        Scaling = run.Recipe.Scale,
        Augmentation = run.Recipe.Augmentation,
        DataMode = run.Recipe.DataMode,
        TimesSteps = LeavesPage,
        Shuffle = run.Recipe.Shuffle ?? SampleShuffle.Full,
        Seed = run.Recipe.Seed,

        // At the end of an epoch there is nothing of it to go on with.
        StopEvery = _request.Every.StopEvery((long)position.Step * run.Recipe.StepSize < run.Data.Train.Count ? position.Step : 0),
    };
}
