using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training.Sets;

namespace Gpu.Host.Sets;

/// <summary>Folds and seeds for people: a table on standard output when all runs have ended, a line for each on standard error before.</summary>
/// <param name="output">Standard output.</param>
/// <param name="messages">Standard error.</param>
/// <param name="request">What was asked for.</param>
internal sealed class SetReport(TextWriter output, Messages messages, TrainRequest request) : ISetReport
{
    public void Ended(SetResults results, int index) => SetTable.Say(messages, results, index);

    public void End(SetResults results, string folder, bool isOpen)
    {
        messages.Clear();
        SetTable.Write(output, results);
        foreach (var line in Summary(results))
        {
            TextLines.Write(output, line, TextLines.InTerminal, hang: 2);
        }

        output.WriteLine($"set: {folder}");
        output.Flush();
        if (isOpen)
        {
            messages.Insist($"to go on: {request.ResumeCommand(folder)}");
            return;
        }

        messages.Say($"each run is that of a command of its own, such as: {TrainRequest.LoneCommand(results.Set.SettingsOf(results.Set.Members[0]))}");
        messages.Say($"next: gpu eval {TrainRequest.Quote(Path.Combine(folder, results.Set.Members[0].Name))}");
        messages.Say($"      gpu runs {TrainRequest.Quote(folder)}");
    }

    private static IEnumerable<string> Summary(SetResults results)
    {
        var (name, show) = SetTable.First(results);
        var spread = results.Of(name);
        if (spread.Count == 0)
        {
            yield break;
        }

        var title = name == "rmse" ? "RMSE" : name;
        var baseline = results.Of($"baseline_{name}");
        yield return $"{results.Part} {title} {show(spread.Mean)}{(spread.Count > 1 ? $", deviation {show(spread.Deviation)} over {spread.Count:N0} runs" : " of one run")}"
            + (baseline.Count == 0 ? "" : $"; baseline: {(name == "rmse" ? "the mean of the training rows has" : "the largest class alone has")} {show(baseline.Mean)}")
            + (results.Finished.Any(result => results.Judged(result) is { ChoseEpoch: true }) ? "; each epoch was chosen by these rows, so that others may be answered worse" : "");
        if (results.MeansBySeed(name) is { Count: > 1 } means)
        {
            yield return Means(means.Deviation, show);
        }

        var failed = results.Results.Count(result => result.State == MemberState.Failed);
        if (failed > 0)
        {
            yield return $"{failed:N0} of {results.Results.Count:N0} runs failed and have no part in this";
        }
    }

    /// <summary>How far the means over the folds lie apart, seed by seed.</summary>
    /// <param name="deviation">Their standard deviation.</param>
    /// <param name="show">How a score is shown, whose last place says how near is too near to be told apart.</param>
    internal static string Means(double deviation, Func<double, string> show) => show(deviation) != show(0)
        ? $"the means over the folds deviate by {show(deviation)} from seed to seed"
        : "the means over the folds " + (deviation == 0 ? "are the same with every seed" : "differ from seed to seed by less than the last digit shows");
}

/// <summary>A set of runs as JSON lines: one for each run that ends, one for all.</summary>
/// <param name="output">Standard output.</param>
internal sealed class SetEvents(Stream output) : ISetReport
{
    private readonly JsonLine _line = new(output);

    public void Ended(SetResults results, int index) => _line.Write(json =>
    {
        json.WriteString("event", "run");
        results.WriteMember(json, index);
    });

    public void End(SetResults results, string folder, bool isOpen) => _line.Write(json =>
    {
        json.WriteString("event", isOpen ? "stopped" : "finished");
        json.WriteNumber("runs", results.Results.Count);
        results.WriteSummary(json);
        json.WriteString("set", folder);
        if (results.Set.Kind == SetKind.Sweep && results.Ranking is [var best, ..])
        {
            json.WriteString("command", TrainRequest.LoneCommand(results.Set.SettingsOf(results.Set.Members[best])));
        }
    });
}
