using System.CommandLine;
using System.Globalization;
using System.Text;
using Gpu.Host.CommandLine;
using Gpu.Host.Devices;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Host.Streams;
using Gpu.Training.Loop;
using Gpu.Training.Models;

namespace Gpu.Host.Commands;

/// <summary><c>gpu predict</c>: the class of each sample and the probability of every class.</summary>
internal sealed class PredictCommand
{
    private const string JsonFormat = "json";
    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly SampleOptions _data = new("labels are not needed");
    private readonly Option<string?> _format = OptionRows.OneOf(
        "--format", "NAME", "table (default), csv with every probability, kaggle (ImageId,Label), or json lines", "table", "csv", "kaggle", JsonFormat);

    private readonly DeviceOptions _device = new();

    internal static Command Create()
    {
        var predict = new PredictCommand();
        var command = new Command("predict", "Answers for samples: the class and the probability of each class.")
        {
            predict._model, predict._format,
        };
        predict._data.AddTo(command);
        predict._device.AddTo(command);
        command.SetAction(predict.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        _device.Check(parse);
        var model = ModelPath.Load(parse.GetValue(_model)!, messages);
        var data = DataLoading.LoadSamples(_data, parse, model, messages);
        using var accelerator = _device.Open(parse, DeviceWork.Answering(model.Shape, data.Count), messages);
        var format = parse.GetValue(_format) ?? "table";
        string[] names = [.. Enumerable.Range(0, model.Shape.Outputs).Select(c => ModelNames.NameOf(data.ClassNames, c))];
        using var output = new BufferedStream(StandardStreams.OpenOutput(), 1 << 16);
        using var text = new StreamWriter(output, new UTF8Encoding(false)) { NewLine = "\n" };
        var line = new JsonLine(output, flushEachLine: false);
        Predictor.Predict(accelerator, model.Shape, model.Parameters, data, model.Scaling, batch =>
        {
            // Not before there is an answer: data that does not fit is refused, and nothing is written then.
            if (batch.First == 0 && format != JsonFormat)
            {
                text.WriteLine(Header(format, names, data.ClassNames is not null));
            }

            for (var row = 0; row < batch.Count; row++)
            {
                if (format == JsonFormat)
                {
                    WriteJson(line, batch, row, data.ClassNames is null ? null : names);
                }
                else
                {
                    text.WriteLine(Line(format, batch, row, names));
                }
            }
        });
        return ExitCodes.Done;
    }

    private static void WriteJson(JsonLine line, AnswerBatch batch, int row, string[]? names)
    {
        var (number, answer, probabilities) = (batch.First + row + 1, batch.Answer(row), batch.Probabilities(row).ToArray());
        line.Write(json =>
        {
            json.WriteNumber("row", number);
            json.WriteNumber("class", answer);
            if (names is not null)
            {
                json.WriteString("name", names[answer]);
            }

            json.WriteStartArray("probabilities");
            foreach (var probability in probabilities)
            {
                json.NumberValue(probability);
            }

            json.WriteEndArray();
        });
    }

    private static string Header(string format, string[] names, bool areNamed) => format switch
    {
        "kaggle" => "ImageId,Label",
        "csv" => $"row,class,{string.Join(',', names.Select((name, c) => areNamed ? Field(name) : $"p{c}"))}",
        _ => $"    row  {"class".PadLeft(Width(names))}  probability  {"next".PadLeft(Width(names) - 1)}  probability",
    };

    /// <summary>A name as a field of a table.</summary>
    private static string Field(string name) => name.AsSpan().ContainsAny(',', '"') ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;

    private static int Width(string[] names) => Math.Max("class".Length, names.Max(name => name.Length));

    private static string Line(string format, AnswerBatch batch, int row, string[] names)
    {
        var (number, answer) = (batch.First + row + 1, batch.Answer(row));
        var probabilities = batch.Probabilities(row);
        if (format == "kaggle")
        {
            return string.Create(CultureInfo.InvariantCulture, $"{number},{Field(names[answer])}");
        }

        if (format == "csv")
        {
            var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{number},{Field(names[answer])}");
            foreach (var probability in probabilities)
            {
                line.Append(CultureInfo.InvariantCulture, $",{probability}");
            }

            return line.ToString();
        }

        var next = batch.Next(row);
        return $"{number,7:N0}  {names[answer].PadLeft(Width(names))}  {Format.Percent(probabilities[answer]),11}"
            + (next < 0 ? "" : $"  {names[next].PadLeft(Width(names) - 1)}  {Format.Percent(probabilities[next]),11}");
    }
}
