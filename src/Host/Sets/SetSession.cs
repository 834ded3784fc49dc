using Gpu.Host.Devices;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Kernels.Devices;
using Gpu.Training;
using Gpu.Training.Data;
using Gpu.Training.Recipes;
using Gpu.Training.Sets;

namespace Gpu.Host.Sets;

/// <summary>Runs that belong together, from their settings or from where they stand to their ends: side by side on the cores of the processor, one after the other on a GPU.</summary>
internal sealed class SetSession
{
    private readonly TrainRequest _request;
    private readonly ISetReport _report;
    private readonly Messages _messages;
    private readonly CancellationToken _stop;
    private readonly Lock _lock = new();

    internal SetSession(TrainRequest request, ISetReport report, Messages messages, CancellationToken stop) =>
        (_request, _report, _messages, _stop) = (request, report, messages, stop);

    /// <summary>How long the runs may go on; null for as long as they take.</summary>
    internal TimeSpan? Time { get; init; }

    /// <summary>Begins a set.</summary>
    /// <returns>What became of the runs; null where it was stopped before one began.</returns>
    internal SetResults? Begin(RunSet set)
    {
        foreach (var member in set.Members)
        {
            DeviceChoice.Check(set.SettingsOf(member).ToRecipe().Device);
        }

        var (said, data) = (new SetMessages(_messages), new SharedData());
        if (!Load(set, data, said.Of(null, isGuide: true)))
        {
            return null;
        }

        using var folder = SetFolder.Create(_request.Out, _request.Force);
        if (set.Kind == SetKind.Folds)
        {
            var (numbers, labels) = data.Rows();
            var fold = Split.Parse(set.SettingsOf(set.Members[0]).TextOf("test")!).Fold!;
            folder.WriteFolds(numbers, labels, fold.Count, fold.Seed!.Value);
        }

        new SetFile(set, DataPlace.BeganIn(folder.Path)).Save(folder[SetFolder.SetName]);
        return Run(folder, new SetResults(set, [.. set.Members.Select(_ => new MemberResult(MemberState.Waiting))]), data, said);
    }

    /// <summary>Goes on with the set in a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="file">Its set.</param>
    internal SetResults Resume(string path, SetFile file)
    {
        ResumedRun.RequireNoPlace(_request);
        ResumedRun.RequireFree(_request, file.Set.SettingsOf(file.Set.Members[0]).ToRecipe());
        using var folder = SetFolder.Open(path);
        var set = file.Set with { Given = FromHere(file, path).Merge(_request.Settings) };
        var results = SetResults.Load(folder[SetFolder.ResultsName], set);
        return Run(folder, results, new SharedData(), new SetMessages(_messages));
    }

    /// <summary>The settings of a set that goes on, with paths of its data that lead there from this folder.</summary>
    private static RecipeSettings FromHere(SetFile file, string path)
    {
        var here = DataPlace.FromHere(file.Set.Given.ToRecipe() with { BeganIn = file.BeganIn }, path);
        var settings = new RecipeSettings();
        foreach (var (key, text) in new[] { ("data", here.Data), ("test-data", here.TestData) })
        {
            if (text is not null)
            {
                settings.Set(key, text, $"--{key}");
            }
        }

        return file.Set.Given.Merge(settings);
    }

    /// <summary>Loads what all runs learn from, so that what is wrong with it is said before one begins; false where that was stopped.</summary>
    private bool Load(RunSet set, SharedData data, Messages messages)
    {
        try
        {
            var settings = set.SettingsOf(set.Members[0]);
            var recipe = settings.ToRecipe();
            TrainingData.Load(recipe, new DataOptions().DataFolder, TableRecipe.UsualValidation(recipe, settings), null, messages, _stop, data);
            _stop.ThrowIfCancellationRequested();
            return true;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private SetResults Run(SetFolder folder, SetResults before, SharedData data, SetMessages said)
    {
        var set = before.Set;
        int[] open = [.. Enumerable.Range(0, set.Members.Count).Where(i => before.Results[i].State != MemberState.Finished || _request.Settings.Keys.Count > 0 && _request.Resume is not null)];
        var asked = set.Given.ToRecipe().Threads;
        var cores = asked == 0 ? ThreadLimit.Cores : ThreadLimit.Of(asked);
        var workers = Math.Clamp(open.Length, 1, cores);
        using var beside = new RunsBeside(data, cores / workers);
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        if (Time is { } time)
        {
            failing.CancelAfter(time);
        }

        MemberResult[] results = [.. before.Results];
        var (progress, current) = (new SetProgress(_messages, open.Length), before);
        SideBySide.Run(open.Length, workers, place =>
        {
            var index = open[place];
            var result = RunMember(folder, set, index, said.Of(set.Members[index].Name, isGuide: place == 0), progress, beside, failing);
            result = result is { State: MemberState.Finished, Judged.Count: 0 } ? before.Results[index] is { Judged.Count: > 0 } known ? known : Judge(folder[set.Members[index].Name], result) : result;
            lock (_lock)
            {
                progress.End();
                results[index] = result;
                current = new SetResults(set, [.. results]);
                current.Save(folder[SetFolder.ResultsName]);
                _report.Ended(current, index);
            }
        }, failing.Token);
        current.Save(folder[SetFolder.ResultsName]);
        _report.End(current, folder.Path, current.Results.Any(result => result.State is MemberState.Stopped or MemberState.Waiting));
        return current;
    }

    /// <summary>One run, begun or gone on with. One that diverges ends alone; whatever else goes wrong would go wrong in the others, too, and stops them.</summary>
    private MemberResult RunMember(SetFolder folder, RunSet set, int index, Messages messages, SetProgress progress, RunsBeside beside, CancellationTokenSource failing)
    {
        var (member, report) = (set.Members[index], new MemberReport(progress));
        var path = folder[member.Name];
        var begun = Directory.Exists(Path.Combine(path, RunFolder.CheckpointsName));
        var request = begun
            ? _request with { Resume = path, Out = null, Beside = beside }
            : _request with { Resume = null, Out = path, Force = false, Settings = set.SettingsOf(member), Beside = beside };
        try
        {
            return report.Result(TrainingSession.Run(request, report, messages, failing.Token));
        }
        catch (TrainingException cause) when (cause.Failure == Failure.Diverged)
        {
            messages.Warn(cause.Message);
            return new MemberResult(MemberState.Failed) { Error = cause.Message };
        }
        catch
        {
            failing.Cancel();
            throw;
        }
    }

    /// <summary>How the model of a run that is over answers what the run held out, where that was not noted.</summary>
    private static MemberResult Judge(string path, MemberResult result)
    {
        var quiet = new Messages(TextWriter.Null, Verbosity.Quiet, columns: null);
        var model = ModelPath.Load(path, quiet);
        var (recipe, data) = RunData.Load(path, model, quiet);
        using var accelerator = DeviceChoice.Open(recipe.Device, DeviceWork.Answering(model.Shape, data.Train.Count), new AcceleratorOptions { Threads = 1 }, quiet.Say);
        var judged = FinalJudge.Of(accelerator, model, data, isBest: data is { Table: not null, Validation: not null } || recipe.EarlyStop is not null);
        return result with { Judged = [.. judged.Select(MemberReport.Measures)] };
    }
}
