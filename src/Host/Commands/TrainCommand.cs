using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training.Recipes;

namespace Gpu.Host.Commands;

/// <summary><c>gpu train</c>: trains a network and writes a run folder.</summary>
internal sealed class TrainCommand
{
    private readonly RecipeOptions _settings = new();
    private readonly Option<string?> _recipe = OptionRows.Text(
        "--recipe", "FILE", $"Settings from a JSON file, or one that ships: {string.Join(", ", ShippedRecipes.Names)}; options go before it");

    private readonly Option<string?> _from = OptionRows.Text("--from", "MODEL", "Start from the weights of a model file");
    private readonly Option<string?> _out = OptionRows.Text("--out", "DIR", "Folder of the run; it must not exist (default runs/DATE_TIME)");
    private readonly Option<bool> _force = OptionRows.Switch("--force", "Replace the run in the folder that --out names");
    private readonly Option<bool> _json = CommonOptions.Json();

    internal static Command Create()
    {
        var train = new TrainCommand();
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

        yield return _from;
        yield return _out;
        yield return _force;
        yield return _json;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        var given = _settings.Read(parse);
        if (parse.GetValue(_recipe) is { } file)
        {
            given = RecipeFile.Load(ShippedRecipes.Find(file)).Merge(given);
        }

        var request = new TrainRequest(given, parse.GetValue(_from), parse.GetValue(_out), parse.GetValue(_force));
        ITrainingReport report = parse.GetValue(_json)
            ? new ReportToAll(new JsonEvents(Console.OpenStandardOutput()), new EpochLines(messages))
            : new ConsoleReport(Console.Out, messages);
        using var stop = new StopSignal(messages.Insist);
        TrainingSession.Run(request, report, messages, stop.Token);
        return stop.ExitCode;
    }
}
