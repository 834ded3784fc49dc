using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Devices;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Kernels.Devices;
using Gpu.Training;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Metrics;
using Gpu.Training.Models;
using Gpu.Training.Networks;

namespace Gpu.Host.Commands;

/// <summary><c>gpu eval</c>: how well a model answers labelled data, class by class.</summary>
internal sealed class EvalCommand
{
    /// <summary>Exchanges of each column, by which its importance is told.</summary>
    private const int Exchanges = 5;

    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly SampleOptions _data = new("its test part where it has one");
    private readonly Option<int?> _worst = OptionRows.Count("--worst", "N", "Also draw the N samples whose label was thought least likely");
    private readonly Option<bool> _importance = OptionRows.Switch(
        "--importance", "Also show what each column of a table is worth: how much worse the answers are when its cells are exchanged between rows");

    private readonly DeviceOptions _device = new();
    private readonly Option<bool> _json = CommonOptions.Json();

    internal static Command Create()
    {
        var eval = new EvalCommand();
        var command = new Command("eval", "Accuracy, loss, confusion matrix, and precision, recall and F1 of each class.")
        {
            eval._model, eval._worst, eval._importance, eval._json,
        };
        eval._data.AddTo(command);
        eval._device.AddTo(command);
        command.SetAction(eval.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        _device.Check(parse);
        var path = parse.GetValue(_model)!;
        var model = ModelPath.Load(path, messages);
        if (parse.GetValue(_importance) && model.Table is null)
        {
            throw TrainingException.BadUsage($"--importance goes with models of tables of columns, and {path} answers samples of bytes: leave it out.");
        }

        var data = DataLoading.LoadSamples(_data, parse, [], path, model, messages, needsLabels: true);
        if (!data.IsLabelled)
        {
            throw TrainingException.BadData($"{data.Source}: expected labelled samples, found {data.Count:N0} without labels: use gpu predict.");
        }

        using var accelerator = _device.Open(parse, DeviceWork.Answering(model.Shape, data.Count), messages);
        var line = CommonOptions.OutputLine(parse, _json);
        var known = _data.Spec(parse) is not null && KnownRows.Find(path, data) is { AreLearned: true } found ? new KnownReport(found, data, model) : null;
        if (known is not null)
        {
            messages.Warn(known.Warning(RunData.FolderOf(path)!));
        }

        Judge(accelerator, model, data, parse.GetValue(_worst) ?? 0, known, line);
        if (parse.GetValue(_importance))
        {
            var importance = new ImportanceReport(ColumnImportance.Of(accelerator, model, data, Exchanges), Exchanges, data.Quantity is not null);
            Write(line, importance.WriteJson, importance.WriteText);
        }

        return ExitCodes.Done;
    }

    /// <summary>Answers all samples, and writes what that is worth.</summary>
    private static void Judge(ComputeAccelerator accelerator, Model model, DataSet data, int worst, KnownReport? known, JsonLine? line)
    {
        Evaluation Evaluate(AnswerReceiver receive) => Predictor.Evaluate(accelerator, model.Shape, model.Parameters, data, model.Scaling, receive);
        if (data.Quantity is not null)
        {
            var quantities = new QuantityReport(data, model.Table!.Target, worst) { Known = known };
            Evaluate(quantities.Add);
            Write(line, quantities.WriteJson, text => quantities.WriteText(text, TextLines.InTerminal));
            return;
        }

        var report = new EvalReport(data, model.Shape.Outputs, model.Shape.Loss.Head == LossHead.Softmax, worst) { Known = known };
        report.End(Evaluate(report.Add));
        Write(line, report.WriteJson, text => report.WriteText(text, TextLines.InTerminal));
    }

    private static void Write(JsonLine? line, Action<JsonLine> asJson, Action<TextWriter> asText)
    {
        if (line is not null)
        {
            asJson(line);
        }
        else
        {
            asText(Console.Out);
        }
    }
}
