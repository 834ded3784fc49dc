using System.CommandLine;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text;
using Gpu.Host.CommandLine;
using Gpu.Host.Devices;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training.Loop;

namespace Gpu.Host.Commands;

/// <summary><c>gpu predict</c>: the class of each sample and the probability of every class.</summary>
internal sealed class PredictCommand
{
    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly Option<string?> _data = OptionRows.Required(OptionRows.Text(
        "--data", "SPEC", "mnist, fashion-mnist, digits, a folder of IDX files, an IDX file of images, or a .csv file; labels are not needed"));

    private readonly Option<string?> _format = OptionRows.OneOf(
        "--format", "NAME", "table (default), csv with every probability, kaggle (ImageId,Label), or json lines", "table", "csv", "kaggle", "json");

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
        var data = DataLoading.LoadSamples(parse.GetValue(_data)!, messages);
        using var accelerator = _device.Open(parse, DeviceWork.Answering(model.Shape, data.Count), messages);
        var probabilities = Predictor.Predict(accelerator, model.Shape, model.Parameters, data, model.Scaling);
        var format = parse.GetValue(_format) ?? "table";
        if (format == "json")
        {
            WriteJson(probabilities, model.Shape.Outputs);
        }
        else
        {
            WriteText(format, probabilities, model.Shape.Outputs);
        }

        return ExitCodes.Done;
    }

    private static void WriteJson(float[] probabilities, int classes)
    {
        using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        var line = new JsonLine(output, flushEachLine: false);
        for (var row = 0; row < probabilities.Length / classes; row++)
        {
            var start = row * classes;
            line.Write(json =>
            {
                json.WriteNumber("row", (start / classes) + 1);
                json.WriteNumber("class", TensorPrimitives.IndexOfMax(probabilities.AsSpan(start, classes)));
                json.WriteStartArray("probabilities");
                foreach (var probability in probabilities.AsSpan(start, classes))
                {
                    json.NumberValue(probability);
                }

                json.WriteEndArray();
            });
        }
    }

    private static void WriteText(string format, float[] probabilities, int classes)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
        output.WriteLine(format switch
        {
            "kaggle" => "ImageId,Label",
            "csv" => $"row,class,{string.Join(',', Enumerable.Range(0, classes).Select(c => $"p{c}"))}",
            _ => "    row  class  probability  next  probability",
        });
        for (var row = 0; row < probabilities.Length / classes; row++)
        {
            output.WriteLine(Line(format, row + 1, probabilities.AsSpan(row * classes, classes)));
        }
    }

    private static string Line(string format, int row, ReadOnlySpan<float> probabilities)
    {
        var best = TensorPrimitives.IndexOfMax(probabilities);
        if (format == "kaggle")
        {
            return string.Create(CultureInfo.InvariantCulture, $"{row},{best}");
        }

        if (format == "csv")
        {
            var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{row},{best}");
            foreach (var probability in probabilities)
            {
                line.Append(CultureInfo.InvariantCulture, $",{probability}");
            }

            return line.ToString();
        }

        var next = Next(probabilities, best);
        return $"{row,7:N0}  {best,5}  {Format.Percent(probabilities[best]),11}"
            + (next < 0 ? "" : $"  {next,4}  {Format.Percent(probabilities[next]),11}");
    }

    /// <summary>The class that comes second; -1 where there is one class only.</summary>
    private static int Next(ReadOnlySpan<float> probabilities, int best)
    {
        var next = -1;
        for (var c = 0; c < probabilities.Length; c++)
        {
            if (c != best && (next < 0 || probabilities[c] > probabilities[next]))
            {
                next = c;
            }
        }

        return next;
    }
}
