using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Host.Streams;
using Gpu.Training;
using Gpu.Training.Checkpoints;

namespace Gpu.Host.Commands;

/// <summary><c>gpu train</c>: trains a network and writes a run folder.</summary>
internal sealed class TrainCommand
{
    private readonly RecipeOptions _settings = new();
    private readonly Option<string?> _recipe = OptionRows.Text(
        "--recipe", "FILE", $"Settings from a JSON file, or one that ships: {string.Join(", ", ShippedRecipes.Names)}; options go before it");

    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string?> _from = OptionRows.Text("--from", "MODEL", "Start from the weights of a model file, or of a file .npz or .json for the network that is asked for");
    private readonly Option<string?> _out = OptionRows.Text("--out", "DIR", "Folder of the run; it must not exist (default runs/DATE_TIME)");
    private readonly Option<string?> _resume = OptionRows.Text(
        "--resume", "RUN", "Go on with the run in a folder; with it, --epochs extends the run and only what changes no result may be given");

    private readonly Option<bool> _force = OptionRows.Switch(
        "--force", "Replace the run, or the set of runs, in the folder that --out names; with --resume, go on although the data changed");

    private readonly Option<CheckpointInterval?> _every = OptionRows.Interval(
        "--checkpoint-every", "N|Nsteps", "Write a checkpoint every N epochs, or every N steps of an epoch and at its end (default 1)");

    private readonly Option<int?> _folds = OptionRows.Count(
        "--folds", "K", "Cross-validation: a run for each of K parts of the training data, which holds it out to judge by; classes in equal shares, the same for all seeds", least: 2);

    private readonly Option<int?> _seeds = OptionRows.Count("--seeds", "N", "N runs, whose seeds count on from --seed; with --folds, N for each fold", least: 2);
    private readonly Option<int?> _keep = OptionRows.Count(
        "--keep", "N", $"Numbered checkpoints kept beside the last and the best (default {TrainRequest.DefaultKeep})", least: 0);

    private readonly Option<bool> _noReport = OptionRows.Switch("--no-report", $"Write no {RunFolder.ReportName} into the folder of the run");

    internal static Command Create()
    {
        var train = new TrainCommand();
        train._recipe.CompletionSources.Add([.. ShippedRecipes.Names]);
        var command = new Command("train", "Trains a network of dense layers and writes a run folder: model, recipe, metrics.");
        foreach (var option in train.Options())
        {
            command.Add(option);
        }

        command.SetAction(train.Run);
        return command;
    }

    private IEnumerable<Option> Options()
    {
        yield return _recipe;
        foreach (var option in _settings.All)
        {
            yield return option;
        }

        yield return _folds;
        yield return _seeds;
        yield return _from;
        yield return _out;
        yield return _resume;
        yield return _force;
        yield return _every;
        yield return _keep;
        yield return _noReport;
        yield return _json;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        var request = Request(parse, messages);
        if (SetCommand.IsAsked(request, parse.GetValue(_folds), parse.GetValue(_seeds)))
        {
            return new SetCommand(request, parse.GetValue(_every), parse.GetValue(_json), messages).Run(parse.GetValue(_folds) ?? 0, parse.GetValue(_seeds) ?? 0);
        }

        var output = new RunOutput(messages);
        ITrainingReport report = parse.GetValue(_json)
            ? new ReportToAll(new JsonEvents(output.Open()), new EpochLines(messages), output)
            : new ReportToAll(new ConsoleReport(StandardStreams.Writer(output.Open()), messages, TextLines.Columns), output);
        using var stop = new StopSignal(messages.Insist);
        var isOver = TrainingSession.Run(request, report, messages, stop.Token);
        output.Tell();
        return !isOver ? stop.ExitCode : output.IsLost ? ExitCodes.Unexpected : ExitCodes.Done;
    }

    private TrainRequest Request(ParseResult parse, Messages messages)
    {
        var given = _settings.Read(parse);
        var resume = parse.GetValue(_resume);
        if (parse.GetValue(_recipe) is { } file)
        {
            var recipe = resume is null ? ShippedRecipes.Load(file) : throw TrainingException.BadUsage(
                "--recipe cannot go with --resume, which takes the recipe of the run: leave one of them out.");
            recipe.RequireNoPaths(given);
            foreach (var warning in new[] { recipe.RateOfAnotherOptimizer(given), recipe.DecayOfAnotherOptimizer(given) }.OfType<string>())
            {
                messages.Warn(warning);
            }

            given = recipe.Merge(given);
        }

        return new TrainRequest(
            given, parse.GetValue(_from), parse.GetValue(_out), resume, parse.GetValue(_force),
            parse.GetValue(_every) ?? CheckpointInterval.EveryEpoch, parse.GetValue(_keep) ?? TrainRequest.DefaultKeep)
        {
            NoReport = parse.GetValue(_noReport),
        };
    }
}
