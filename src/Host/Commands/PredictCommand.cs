using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Devices;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Host.Streams;
using Gpu.Training;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Models;

namespace Gpu.Host.Commands;

/// <summary><c>gpu predict</c>: the class of each sample, or of each picture, and the probability of every class.</summary>
internal sealed class PredictCommand
{
    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Pictures (PNG, JPEG) or folders of them, of any size, each with one sign: fitted as MNIST fits its digits; or files as --data takes them",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly SampleOptions _data = new("labels are not needed");
    private readonly SampleChoice _choice = new();
    private readonly Option<bool> _asIs = OptionRows.Switch("--as-is", "Take pictures as they are: they must have the size and the colours of the training images");
    private readonly Option<string?> _format = OptionRows.OneOf(
        "--format", "NAME", "table (default), csv with every probability, kaggle (ImageId,Label), or json lines", AnswerWriter.Formats);

    private readonly DeviceOptions _device = new();

    internal static Command Create()
    {
        var predict = new PredictCommand();
        var command = new Command("predict", "Answers for samples, or for pictures: the class and the probability of each class.")
        {
            predict._model, predict._files, predict._format, predict._asIs,
        };
        predict._choice.AddTo(command);
        predict._data.AddTo(command);
        predict._device.AddTo(command);
        command.SetAction(predict.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        _device.Check(parse);
        var path = parse.GetValue(_model)!;
        var model = ModelPath.Load(path, messages);
        var (data, files, numbers) = Samples(parse, path, model, messages);
        using var accelerator = _device.Open(parse, DeviceWork.Answering(model.Shape, data.Count), messages);
        var format = parse.GetValue(_format) ?? AnswerWriter.Table;
        using var output = new BufferedStream(StandardStreams.OpenOutput(), 1 << 16);
        if (model.Table?.Encoding.Target is { } quantity)
        {
            using var quantities = new QuantityWriter(format, model.Table.Target, quantity, data, output);
            Predictor.Predict(accelerator, model.Shape, model.Parameters, data, model.Scaling, quantities.Write);
            return ExitCodes.Done;
        }

        string[] names = [.. Enumerable.Range(0, model.Shape.Outputs).Select(c => ModelNames.NameOf(data.ClassNames, c))];
        using var writer = new AnswerWriter(format, names, data.ClassNames is not null, files, numbers, output, TextLines.InTerminal);
        var answers = new List<string>();
        Predictor.Predict(accelerator, model.Shape, model.Parameters, data, model.Scaling, batch =>
        {
            writer.Write(batch);
            for (var row = 0; files is not null && row < batch.Count; row++)
            {
                answers.Add(names[batch.Answer(row)]);
            }
        });
        if (files is not null && format == AnswerWriter.Table && !Console.IsOutputRedirected)
        {
            writer.Dispose();
            DigitArt.Write(Console.Out, data, [.. answers.Index().Select(answer => (answer.Index, $"{Path.GetFileName(files[answer.Index])}: {answer.Item}"))], TextLines.Columns);
        }

        return ExitCodes.Done;
    }

    /// <summary>What is to be answered: pictures fitted to the model, or samples as they are.</summary>
    private (DataSet Data, IReadOnlyList<string>? Files, IReadOnlyList<int>? Numbers) Samples(ParseResult parse, string path, Model model, Messages messages)
    {
        var given = parse.GetValue(_files) ?? [];
        if (given.Length > 0 && _data.Spec(parse) is not null)
        {
            throw TrainingException.BadUsage($"gpu predict: expected files or --data, found both ({given[0]}): leave one of them out.");
        }

        if (model.Table is null && !parse.GetValue(_asIs) && DrawnPictures.CanFit(model.ImageHeight, model.ImageWidth) && DrawnPictures.Find(given) is { } pictures)
        {
            var fitted = DrawnPictures.Fit(pictures, model.ImageHeight, isLightPaper: model.InputMean > 0.5, model.Names.Classes);
            var (some, which) = _choice.Of(parse, fitted);
            return (some, which is null ? pictures : [.. which.Select(number => pictures[number - 1])], null);
        }

        var (data, numbers) = _choice.Of(parse, DataLoading.LoadSamples(_data, parse, given, path, model, messages, needsLabels: false));
        return (data, null, numbers);
    }
}
