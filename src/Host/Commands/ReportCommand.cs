using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.RunReport;
using Gpu.Host.Runs;
using Gpu.Host.Sets;
using Gpu.Training;

namespace Gpu.Host.Commands;

/// <summary><c>gpu report</c>: a run as one HTML file, or several runs beside one another.</summary>
internal sealed class ReportCommand
{
    private readonly Argument<string[]> _runs = new("RUN") { Description = "Folders of runs: one for its report, several, or a set of them, to compare them", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _out = OptionRows.Text(
        "--out", "FILE", $"The page to write (default {RunFolder.ReportName} in the folder of the run; for several, comparison.html here)");

    internal static Command Create()
    {
        var report = new ReportCommand();
        var command = new Command("report", "Writes a run as one HTML file that needs no network, with its numbers as JSON beside it, or compares several runs.")
        {
            report._runs, report._out,
        };
        command.SetAction(report.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        string[] folders = [.. parse.GetValue(_runs)!.Select(Path.TrimEndingDirectorySeparator).SelectMany(place => SetFolder.Is(place) ? SetFolder.Runs(place) : [place])];
        if (folders.Length == 0)
        {
            throw TrainingException.BadUsage("gpu report: expected a set with runs that have begun, found none: go on with it with gpu train --resume.");
        }

        if (folders is [var single] && parse.GetValue(_out) is null && Directory.Exists(single))
        {
            RunContents.RequireNoneOfOthers(single);
        }

        var page = folders is [var folder]
            ? ReportFile.WriteRun(RunView.Load(folder, messages), parse.GetValue(_out) ?? Path.Combine(folder, RunFolder.ReportName))
            : ReportFile.WriteComparison([.. folders.Select(Score)], parse.GetValue(_out) ?? "comparison.html");
        Console.Out.WriteLine($"report: {page}");
        return ExitCodes.Done;
    }

    private static RunScore Score(string folder) => RunData.FolderOf(folder) == folder
        ? RunScore.Read(folder)
        : throw TrainingException.BadUsage($"gpu report {folder}: expected the folder of a run, found none: name one that 'gpu runs' lists.");
}
