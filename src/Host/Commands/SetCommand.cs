using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Host.Sets;
using Gpu.Host.Streams;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Recipes;
using Gpu.Training.Sets;

namespace Gpu.Host.Commands;

/// <summary>What commands share that make a set of runs, or go on with one: <c>gpu train</c> with <c>--folds</c> or <c>--seeds</c>, and <c>gpu sweep</c>.</summary>
/// <param name="asked">What was asked for.</param>
/// <param name="every">How often a checkpoint of each run is written; null where nothing was said.</param>
/// <param name="json">Whether results are JSON lines.</param>
/// <param name="messages">Standard error.</param>
internal sealed class SetCommand(TrainRequest asked, CheckpointInterval? every, bool json, Messages messages)
{
    /// <summary>How long the runs may go on, and how that was written; null for as long as they take.</summary>
    internal (TimeSpan Span, string Text)? Time { get; init; }

    /// <summary>Whether several runs are asked for.</summary>
    internal static bool IsAsked(TrainRequest request, int? folds, int? seeds) => folds is not null || seeds is not null || (request.Resume is { } path && SetFolder.Is(path));

    /// <summary>Runs for folds and seeds; or those of a set that goes on, where there is none of both.</summary>
    internal int Run(int folds, int seeds)
    {
        RequireNothingElse(folds, seeds);
        return folds + seeds > 0 ? Begin(RunSet.Repeated(asked.Settings, folds, seeds)) : Resume();
    }

    /// <summary>Begins a set.</summary>
    internal int Begin(RunSet set) => Run(set, session => session.Begin(set));

    /// <summary>Goes on with the set in the folder that the request names.</summary>
    internal int Resume()
    {
        var path = asked.Resume!;
        var file = SetFile.Load(Path.Combine(path, SetFolder.SetName));
        return Run(file.Set, session => session.Resume(path, file));
    }

    private int Run(RunSet set, Func<SetSession, SetResults?> run)
    {
        var (kind, request) = (set.Kind, Request(set));
        var output = new RunOutput(messages);
        ISetReport report = json ? new SetEvents(output.Open())
            : kind == SetKind.Sweep ? new SweepReport(StandardStreams.Writer(output.Open()), messages, folder => GoOn(request, folder))
            : new SetReport(StandardStreams.Writer(output.Open()), messages, request);
        using var stop = new StopSignal(messages.Insist);
        var results = run(new SetSession(request, report, messages, stop.Token) { Time = Time?.Span });

        // That some values lead nowhere is what a sweep is to find out.
        var hasFailed = results is not null && results.Results.Any(result => result.State == MemberState.Failed) && (kind != SetKind.Sweep || !results.Finished.Any());
        return stop.Token.IsCancellationRequested ? stop.ExitCode : hasFailed ? ExitCodes.Diverged : output.IsLost ? ExitCodes.Unexpected : ExitCodes.Done;
    }

    /// <summary>
    /// The request with a checkpoint of each run every ten epochs, where nothing was said: of many short runs most of the time would go into writing them.
    /// Runs that go back to a checkpoint write one every epoch, as lone ones do, since the results hang on it.
    /// </summary>
    private TrainRequest Request(RunSet set)
    {
        var usual = set.Members.Any(member => set.SettingsOf(member).ToRecipe().OnNan == BadNumbers.Restore) ? CheckpointInterval.EveryEpoch : CheckpointInterval.EveryTenEpochs;
        return asked with { Every = every ?? usual, UsualEvery = usual };
    }

    private string GoOn(TrainRequest request, string folder) => request.ResumeCommand(folder).Replace("gpu train", "gpu sweep", StringComparison.Ordinal) + (Time is { } time ? $" --time {time.Text}" : "");

    private void RequireNothingElse(int folds, int seeds)
    {
        var option = folds > 0 ? "--folds" : "--seeds";
        if (folds + seeds > 0 && (asked.Resume is not null ? "--resume, which goes on with the runs of a set"
            : asked.From is not null ? "--from, whose model may have learned from what a run holds out" : null) is { } other)
        {
            throw TrainingException.BadUsage($"{option} makes a set of new runs and cannot go with {other}: leave one of them out.");
        }
    }
}
