using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training;
using Gpu.Training.Export;

namespace Gpu.Host.Commands;

/// <summary><c>gpu export</c>: a model as a file for other programs.</summary>
internal sealed class ExportCommand
{
    private const string Ending = ".onnx";

    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly Argument<string> _file = new("FILE") { Description = $"The file to write, {Ending}: the model with its preprocessing, for ONNX Runtime and others" };
    private readonly Option<bool> _force = OptionRows.Switch("--force", "Replace a file that is there");

    internal static Command Create()
    {
        var export = new ExportCommand();
        var command = new Command("export", "Writes a model as a file that other programs run.") { export._model, export._file, export._force };
        command.SetAction(export.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        var (path, file) = (parse.GetValue(_model)!, parse.GetValue(_file)!);
        if (!file.EndsWith(Ending, StringComparison.OrdinalIgnoreCase))
        {
            throw TrainingException.BadUsage($"gpu export {file}: expected a file that ends in {Ending}, found another ending: name it so.");
        }

        if (Directory.Exists(file) || (File.Exists(file) && !parse.GetValue(_force)))
        {
            throw TrainingException.BadUsage(Directory.Exists(file)
                ? $"gpu export {file}: expected the name of a file, found a folder: name a file in it."
                : $"gpu export {file}: expected a name that is free, found a file: name another, or replace it with --force.");
        }

        OnnxFile.Save(file, ModelPath.Load(path, messages), ExportOrigin.Of(path));
        Console.Out.WriteLine($"model: {file}");
        return ExitCodes.Done;
    }
}
