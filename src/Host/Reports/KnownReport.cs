using System.Text.Json;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Metrics;
using Gpu.Training.Models;
using Gpu.Training.Networks;

namespace Gpu.Host.Reports;

/// <summary>How a model answers samples of which its run has learned from some: these apart from those that it held out, and from new ones.</summary>
internal sealed class KnownReport
{
    private static readonly (SamplePart Part, string Name, string Words)[] _parts =
    [
        (SamplePart.Learned, "learned", "learned from"),
        (SamplePart.Validation, "validation", "held out for validation"),
        (SamplePart.Test, "test", "held out for the test"),
        (SamplePart.New, "new", "not seen before"),
    ];

    private readonly FoundSamples _found;
    private readonly DataSet _data;
    private readonly Dictionary<SamplePart, ClassScore> _classes = [];
    private readonly Dictionary<SamplePart, QuantityScore> _quantities = [];

    /// <summary>A report on answers that are still to be added.</summary>
    /// <param name="found">What the run did with each sample.</param>
    /// <param name="data">The samples.</param>
    /// <param name="model">The model.</param>
    internal KnownReport(FoundSamples found, DataSet data, Model model)
    {
        (_found, _data) = (found, data);
        foreach (var (part, _, _) in _parts)
        {
            _classes[part] = new ClassScore(model.Shape.Outputs, model.Shape.Loss.Head == LossHead.Softmax);
            _quantities[part] = new QuantityScore(data.Quantity?.Mean ?? 0);
        }
    }

    private string Samples => _data.AreFloats ? "rows" : "samples";

    private IEnumerable<(SamplePart Part, string Name, string Words)> Occurring => _parts.Where(part => _found.CountOf(part.Part) > 0);

    private string About => _found.AreAllKnown ? "" : "about ";

    /// <summary>What is to be known before the scores are read.</summary>
    /// <param name="run">The folder of the run.</param>
    internal string Warning(string run) =>
        $"{run} has learned from {About}{_found.CountOf(SamplePart.Learned):N0} of these {_data.Count:N0} {Samples}: the score of all says little of others, and below stands that of each part";

    /// <summary>Counts the answers to some samples.</summary>
    internal void Add(AnswerBatch batch)
    {
        for (var row = 0; row < batch.Count; row++)
        {
            var sample = batch.First + row;
            if (_found.Parts[sample] is var part && part == SamplePart.Unknown)
            {
                continue;
            }

            if (_data.Quantity is { } quantity)
            {
                _quantities[part].Add(_data.QuantityOf(sample), quantity.Decode(batch.Probabilities(row)[0]));
            }
            else
            {
                _classes[part].Add(_data.Labels[sample], batch.Answer(row), batch.Probabilities(row));
            }
        }
    }

    internal void WriteText(TextWriter output, int? columns)
    {
        foreach (var (part, _, words) in Occurring)
        {
            TextLines.Write(output, $"{Samples} {words}: {About}{_found.CountOf(part):N0}, {Score(part)}", columns);
        }
    }

    /// <summary>A member of the object that holds the score of all.</summary>
    internal void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject("known");
        json.WriteBoolean("estimated", !_found.AreAllKnown);
        json.WriteStartArray("parts");
        foreach (var (part, name, _) in Occurring)
        {
            json.WriteStartObject();
            json.WriteString("part", name);
            json.WriteNumber("samples", _found.CountOf(part));
            if (_data.Quantity is null)
            {
                json.Number("accuracy", _classes[part].Accuracy);
                ScoreText.Write(json, _classes[part]);
            }
            else
            {
                ScoreText.Write(json, _quantities[part]);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private string Score(SamplePart part) => _data.Quantity is null
        ? $"accuracy {Format.Percent(_classes[part].Accuracy)} (95 % interval {Format.Percent(_classes[part].Interval.Low)} to {Format.Percent(_classes[part].Interval.High)})"
        : $"RMSE {Format.Quantity(_quantities[part].Rmse)} (95 % interval {Format.Quantity(_quantities[part].Interval.Low)} to {Format.Quantity(_quantities[part].Interval.High)})";
}
