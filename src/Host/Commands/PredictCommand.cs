using System.CommandLine;
using System.Globalization;
using System.Text;
using Gpu.Host.CommandLine;
using Gpu.Host.Devices;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Host.Streams;
using Gpu.Training.Loop;

namespace Gpu.Host.Commands;

/// <summary><c>gpu predict</c>: the class of each sample and the probability of every class.</summary>
internal sealed class PredictCommand
{
    private const string JsonFormat = "json";
    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly Option<string?> _data = OptionRows.Required(OptionRows.Text(
        "--data", "SPEC", "mnist, fashion-mnist, digits, a folder of IDX files, an IDX file of images, or a .csv file; labels are not needed"));

    private readonly Option<string?> _format = OptionRows.OneOf(
        "--format", "NAME", "table (default), csv with every probability, kaggle (ImageId,Label), or json lines", "table", "csv", "kaggle", JsonFormat);

    private readonly DeviceOptions _device = new();

    internal static Command Create()
    {
        var predict = new PredictCommand();
        var command = new Command("predict", "Answers for samples: the class and the probability of each class.")
        {
            predict._model, predict._data, predict._format,
        };
        predict._device.AddTo(command);
        command.SetAction(predict.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        _device.Check(parse);
        var model = ModelPath.Load(parse.GetValue(_model)!, messages);
        var data = DataLoading.LoadSamples(parse.GetValue(_data)!, model, messages);
        using var accelerator = _device.Open(parse, DeviceWork.Answering(model.Shape, data.Count), messages);
        var format = parse.GetValue(_format) ?? "table";
        var classes = model.Shape.Outputs;
        using var output = new BufferedStream(StandardStreams.OpenOutput(), 1 << 16);
        using var text = new StreamWriter(output, new UTF8Encoding(false)) { NewLine = "\n" };
        var line = new JsonLine(output, flushEachLine: false);
        if (format != JsonFormat)
        {
            text.WriteLine(Header(format, classes));
        }

        Predictor.Predict(accelerator, model.Shape, model.Parameters, data, model.Scaling, batch =>
        {
            for (var row = 0; row < batch.Count; row++)
            {
                if (format == JsonFormat)
                {
                    WriteJson(line, batch, row);
                }
                else
                {
                    text.WriteLine(Line(format, batch, row));
                }
            }
        });
        return ExitCodes.Done;
    }

    private static void WriteJson(JsonLine line, AnswerBatch batch, int row)
    {
        var (number, answer, probabilities) = (batch.First + row + 1, batch.Answer(row), batch.Probabilities(row).ToArray());
        line.Write(json =>
        {
            json.WriteNumber("row", number);
            json.WriteNumber("class", answer);
            json.WriteStartArray("probabilities");
            foreach (var probability in probabilities)
            {
                json.NumberValue(probability);
            }

            json.WriteEndArray();
        });
    }

    private static string Header(string format, int classes) => format switch
    {
        "kaggle" => "ImageId,Label",
        "csv" => $"row,class,{string.Join(',', Enumerable.Range(0, classes).Select(c => $"p{c}"))}",
        _ => "    row  class  probability  next  probability",
    };

    private static string Line(string format, AnswerBatch batch, int row)
    {
        var (number, answer) = (batch.First + row + 1, batch.Answer(row));
        var probabilities = batch.Probabilities(row);
        if (format == "kaggle")
        {
            return string.Create(CultureInfo.InvariantCulture, $"{number},{answer}");
        }

        if (format == "csv")
        {
            var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{number},{answer}");
            foreach (var probability in probabilities)
            {
                line.Append(CultureInfo.InvariantCulture, $",{probability}");
            }

            return line.ToString();
        }

        var next = batch.Next(row);
        return $"{number,7:N0}  {answer,5}  {Format.Percent(probabilities[answer]),11}"
            + (next < 0 ? "" : $"  {next,4}  {Format.Percent(probabilities[next]),11}");
    }
}
