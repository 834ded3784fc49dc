using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training.Sets;

namespace Gpu.Host.Sets;

/// <summary>A sweep for people: the runs that came to their end, the best first by the validation samples, and the command that the best one is.</summary>
/// <param name="output">Standard output.</param>
/// <param name="messages">Standard error.</param>
/// <param name="goOn">The command that goes on with the set in a folder.</param>
internal sealed class SweepReport(TextWriter output, Messages messages, Func<string, string> goOn) : ISetReport
{
    public void Ended(SetResults results, int index) => SetTable.Say(messages, results, index);

    public void End(SetResults results, string folder, bool isOpen)
    {
        messages.Clear();
        var (set, ranking) = (results.Set, results.Ranking);
        if (ranking.Count > 0)
        {
            WriteTable(results, ranking);
            var (member, result) = (set.Members[ranking[0]], results.Results[ranking[0]]);
            Say($"best: {member.Name}, {SetTable.Score(results.Judged(result)!)}; it was chosen by these samples, so that others may be answered worse");
            if (result.Judged.FirstOrDefault(part => part.Part == "test") is { } test)
            {
                Say($"its {SetTable.Score(test)} on {test.Samples:N0} samples that chose nothing");
            }

            output.WriteLine($"command: {TrainRequest.LoneCommand(set.SettingsOf(member))}");
            output.WriteLine($"model: {Path.Combine(folder, member.Name, RunFolder.ModelName)}");
        }

        foreach (var state in results.Results.GroupBy(result => result.State).Where(group => group.Key != MemberState.Finished))
        {
            output.WriteLine(StateOf(state.Key, state.Count(), results.Results.Count));
        }

        output.WriteLine($"set: {folder}");
        output.Flush();
        if (isOpen)
        {
            messages.Insist($"to go on: {goOn(folder)}");
        }
    }

    private void Say(string sentence) => TextLines.Write(output, sentence, TextLines.InTerminal, hang: 2);

    private void WriteTable(SetResults results, IReadOnlyList<int> ranking)
    {
        var (name, show) = SetTable.First(results);
        var isQuantity = name == "rmse";
        var table = new TextTable([
            "run", .. results.Set.Members[0].Settings.Select(setting => setting.Key), isQuantity ? ">RMSE" : ">accuracy", isQuantity ? ">R2" : ">log loss", ">epochs", ">time"]);
        foreach (var place in ranking)
        {
            var (member, result) = (results.Set.Members[place], results.Results[place]);
            var judged = results.Judged(result)!;
            table.Add(
            [
                member.Name, .. member.Settings.Select(setting => setting.Text), show(judged[name]), isQuantity ? Format.Quantity(judged["r2"]) : Format.Loss(judged["log_loss"]),
                $"{result.Epochs:N0}", Format.Duration(result.TrainSeconds),
            ]);
        }

        Tables.Write(output, table, TextLines.InTerminal);
    }

    /// <summary>How many runs of a sweep have not ended, and why.</summary>
    internal static string StateOf(MemberState state, int count, int runs) => $"{count:N0} of {runs:N0} runs " + state switch
    {
        MemberState.Failed => "failed",
        MemberState.Stopped => count == 1 ? "was stopped" : "were stopped",
        _ => count == 1 ? "has not begun" : "have not begun",
    };
}
