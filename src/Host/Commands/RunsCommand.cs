using System.CommandLine;
using System.Globalization;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Host.Sets;
using Gpu.Training;
using Gpu.Training.Data;
using Gpu.Training.Recipes;

namespace Gpu.Host.Commands;

/// <summary><c>gpu runs</c>: the runs in a folder with their scores, the best first.</summary>
internal sealed class RunsCommand
{
    private const string Usual = "runs";

    /// <summary>Letters of a cell beside the run's name: one that is long would take the place of those behind it.</summary>
    private const int LongestCell = 20;

    private readonly Argument<string?> _folder = new("DIR") { Description = $"The folder that the runs are in (default {Usual})", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _json = CommonOptions.Json();

    internal static Command Create()
    {
        var runs = new RunsCommand();
        var command = new Command("runs", "Lists the runs in a folder with their scores, the best first.") { runs._folder, runs._json };
        command.SetAction(runs.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var folder = parse.GetValue(_folder) ?? Usual;
        string[] within = Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder)] : [];
        string[] places = [.. within, .. within.Where(SetFolder.Is).SelectMany(SetFolder.Runs), folder];
        var found = places.Where(place => File.Exists(Path.Combine(place, RunFolder.RecipeName)) && File.Exists(Path.Combine(place, RunFolder.MetricsName)))
            .Select(RunScore.Read).OrderByDescending(run => run.Rank).ToList();
        if (found.Count == 0)
        {
            throw TrainingException.BadUsage($"gpu runs: expected a folder with runs of gpu train, found none in {folder}: name another, or train.");
        }

        if (CommonOptions.OutputLine(parse, _json) is { } line)
        {
            found.ForEach(run => line.Write(run.Write));
            return ExitCodes.Done;
        }

        // A program reads a run from each line.
        Tables.Write(Console.Out, Table(found), TextLines.InTerminal ?? int.MaxValue);
        return ExitCodes.Done;
    }

    /// <summary>A row for each run.</summary>
    internal static TextTable Table(IEnumerable<RunScore> runs)
    {
        var table = new TextTable("run", ">score", "of", ">loss", ">epochs", "hidden", "optimizer", "data");
        foreach (var run in runs)
        {
            table.Add(Cells(run));
        }

        return table;
    }

    private static string[] Cells(RunScore run) =>
    [
        run.Folder, run.Score, run.Part, double.IsNaN(run.Loss) ? "-" : Format.Loss(run.Loss), string.Create(CultureInfo.InvariantCulture, $"{run.Epochs} of {run.Recipe.Epochs}"),
        TextLines.Short(RecipeKeys.Find("layers")!.Write(run.Recipe) ?? (run.Recipe.Hidden.Count == 0 ? "none" : string.Join(',', run.Recipe.Hidden)), LongestCell),
        $"{run.Recipe.Optimizer} {run.Recipe.LearningRate}", run.Recipe.Data is { } data ? TextLines.Short(DataSource.Show(data), LongestCell) : "",
    ];
}
