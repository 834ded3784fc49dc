using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Host.Sets;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Data;
using Gpu.Training.Sets;

namespace Gpu.Host.Commands;

/// <summary><c>gpu sweep</c>: tries settings, and chooses the best by validation samples.</summary>
internal sealed class SweepCommand
{
    private const string DataKey = "data";

    private readonly Argument<string[]> _data = new("DATA") { Description = $"The training data, as gpu train --data takes it: {SampleOptions.Specs}", Arity = ArgumentArity.ZeroOrMore };
    private readonly RecipeOptions _settings = new([.. RecipeOptions.Keys.Where(key => key != DataKey)]);
    private readonly Option<int?> _trials = OptionRows.Count("--trials", "N", "Try N combinations, drawn by the seed, where there are more (default: all)");
    private readonly Option<TimeSpan?> _time = OptionRows.Duration("--time", "TIME", "Stop after so long, such as 90s, 10m or 2h; what has ended by then is compared (default: none)");
    private readonly Option<string?> _out = OptionRows.Text("--out", "DIR", "Folder of the runs; it must not exist (default runs/DATE_TIME)");
    private readonly Option<string?> _resume = OptionRows.Text("--resume", "SET", "Go on with the runs in a folder that have not ended");
    private readonly Option<bool> _force = OptionRows.Switch("--force", "Replace the set of runs, or the run, in the folder that --out names");
    private readonly Option<bool> _json = CommonOptions.Json();

    internal static Command Create()
    {
        var sweep = new SweepCommand();
        var command = new Command("sweep", "Trains with every combination of the values that options of gpu train name with commas between, and ranks the runs by validation samples.")
        {
            sweep._data, sweep._trials, sweep._time,
        };
        foreach (var option in sweep._settings.All)
        {
            command.Add(option);
        }

        command.Add(sweep._out);
        command.Add(sweep._resume);
        command.Add(sweep._force);
        command.Add(sweep._json);
        command.SetAction(sweep.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        var settings = _settings.Read(parse);
        var (data, resume) = (parse.GetValue(_data)!, parse.GetValue(_resume));
        if (data.Length > 0)
        {
            settings.Set(DataKey, DataSource.Join(data), "DATA");
        }

        var request = new TrainRequest(settings, null, parse.GetValue(_out), resume, parse.GetValue(_force), CheckpointInterval.EveryEpoch, TrainRequest.DefaultKeep);
        var command = new SetCommand(request, every: null, parse.GetValue(_json), messages)
        {
            Time = parse.GetValue(_time) is { } time ? (time, parse.GetResult(_time)!.Tokens[0].Value) : null,
        };
        if (resume is not null)
        {
            return SetFolder.Is(resume) ? command.Resume() : throw TrainingException.BadModelFile(
                $"--resume {resume}: expected the folder of a set of runs with its {SetFolder.SetName}, found none: check the path, or use gpu train --resume.");
        }

        var (set, remark) = Sweep.Of(settings, parse.GetValue(_trials));
        if (remark is not null)
        {
            messages.Say(remark);
        }

        messages.Say($"sweep: {set.Members.Count:N0} runs");
        return command.Begin(set);
    }
}
