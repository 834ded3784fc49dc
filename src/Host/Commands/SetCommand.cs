using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Host.Sets;
using Gpu.Host.Streams;
using Gpu.Training;
using Gpu.Training.Sets;

namespace Gpu.Host.Commands;

/// <summary><c>gpu train</c> of several runs: <c>--folds</c>, <c>--seeds</c>, and <c>--resume</c> of the folder that they made.</summary>
internal static class SetCommand
{
    /// <summary>Whether several runs are asked for.</summary>
    internal static bool IsAsked(TrainRequest request, int? folds, int? seeds) => folds is not null || seeds is not null || (request.Resume is { } path && SetFolder.Is(path));

    /// <summary>Trains them.</summary>
    internal static int Run(TrainRequest request, int folds, int seeds, bool json, Messages messages)
    {
        RequireNothingElse(request, folds, seeds);
        var set = request.Resume is null ? RunSet.Repeated(request.Settings, folds, seeds) : null;
        var output = new RunOutput(messages);
        ISetReport report = json ? new SetEvents(output.Open()) : new SetReport(StandardStreams.Writer(output.Open()), messages);
        using var stop = new StopSignal(messages.Insist);
        var results = set is not null
            ? SetSession.Begin(set, request, report, messages, stop.Token)
            : SetSession.Resume(request.Resume!, request, report, messages, stop.Token);
        return stop.Token.IsCancellationRequested ? stop.ExitCode
            : results!.Results.Any(result => result.State == MemberState.Failed) ? ExitCodes.Diverged
            : output.IsLost ? ExitCodes.Unexpected : ExitCodes.Done;
    }

    private static void RequireNothingElse(TrainRequest request, int folds, int seeds)
    {
        var asked = folds > 0 ? "--folds" : "--seeds";
        if (folds + seeds > 0 && (request.Resume is not null ? "--resume, which goes on with the runs of a set"
            : request.From is not null ? "--from, whose model may have learned from what a run holds out"
            : request.Force ? "--force, which replaces one run" : null) is { } other)
        {
            throw TrainingException.BadUsage($"{asked} makes a set of new runs and cannot go with {other}: leave one of them out.");
        }
    }
}
