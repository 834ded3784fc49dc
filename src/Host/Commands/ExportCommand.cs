using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training;
using Gpu.Training.Export;
using Gpu.Training.Models;

namespace Gpu.Host.Commands;

/// <summary><c>gpu export</c>: a model, or its weights, as a file for other programs.</summary>
internal sealed class ExportCommand
{
    private const string Onnx = "onnx";
    private static readonly string[] _formats = [Onnx, .. WeightFormats.All.Select(format => format.Name)];

    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly Argument<string> _file = new("FILE")
    {
        Description = "The file to write: .onnx for the model with its preprocessing, as ONNX Runtime and others run it; .npz or .json for the weights by name, which --from takes back",
    };

    private readonly Option<string?> _format = OptionRows.OneOf("--format", "NAME", $"{string.Join(", ", _formats)} (default: how the file's name ends)", _formats);
    private readonly Option<bool> _force = OptionRows.Switch("--force", "Replace a file that is there");

    internal static Command Create()
    {
        var export = new ExportCommand();
        var command = new Command("export", "Writes a model, or its weights, as a file for other programs.") { export._model, export._file, export._format, export._force };
        command.SetAction(export.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        var (path, file) = (parse.GetValue(_model)!, parse.GetValue(_file)!);
        var name = parse.GetValue(_format) ?? Array.Find(_formats, format => file.EndsWith($".{format}", StringComparison.OrdinalIgnoreCase))
            ?? throw TrainingException.BadUsage(
                $"gpu export {file}: expected a file that ends in .{string.Join(", .", _formats[..^1])} or .{_formats[^1]}, found another ending: name it so, or say --format.");
        var model = ModelPath.Load(path, messages);
        RequireFree(file, parse.GetValue(_force));
        if (name == Onnx)
        {
            OnnxFile.Save(file, model, ExportOrigin.Of(path, model));
        }
        else
        {
            WeightFormats.Save(WeightFormats.All.First(format => format.Name == name), file, model);
        }

        Console.Out.WriteLine($"{(name == Onnx ? "model" : "weights")}: {file}");
        return ExitCodes.Done;
    }

    private static void RequireFree(string file, bool force)
    {
        if (Directory.Exists(file) || (File.Exists(file) && !force))
        {
            throw TrainingException.BadUsage(Directory.Exists(file)
                ? $"gpu export {file}: expected the name of a file, found a folder: name a file in it."
                : $"gpu export {file}: expected a name that is free, found a file: name another, or replace it with --force.");
        }
    }
}
