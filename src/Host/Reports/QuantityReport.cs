using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Metrics;

namespace Gpu.Host.Reports;

/// <summary>What <c>gpu eval</c> found of a model that answers a quantity.</summary>
/// <param name="data">Samples with the quantity.</param>
/// <param name="name">What the quantity is called.</param>
/// <param name="worst">How many of the rows are shown whose answer is furthest away.</param>
internal sealed class QuantityReport(DataSet data, string name, int worst)
{
    private readonly QuantityScore _score = new(data.Quantity!.Mean);

    /// <summary>What the run did with the rows, where it has learned from some; null where it has not.</summary>
    internal KnownReport? Known { get; init; }

    /// <summary>The rows whose answers are furthest away so far; the nearest of them, and the last of equals, goes first.</summary>
    private readonly PriorityQueue<(int Sample, double Quantity, double Answer), (double, int)> _worst = new();

    /// <summary>Counts the answers to some samples.</summary>
    internal void Add(AnswerBatch batch)
    {
        Known?.Add(batch);
        for (var row = 0; row < batch.Count; row++)
        {
            var sample = batch.First + row;
            var (quantity, answer) = (data.QuantityOf(sample), data.Quantity!.Decode(batch.Probabilities(row)[0]));
            _score.Add(quantity, answer);
            _worst.Enqueue((sample, quantity, answer), (Math.Abs(answer - quantity), -sample));
            if (_worst.Count > worst)
            {
                _worst.Dequeue();
            }
        }
    }

    internal void WriteText(TextWriter output, int? columns)
    {
        foreach (var line in ScoreText.Lines(_score))
        {
            TextLines.Write(output, line, columns);
        }

        Known?.WriteText(output, columns);
        if (_worst.Count > 0)
        {
            output.WriteLine();
            TextLines.Write(output, $"worst rows: number, {name}, answer", columns);
            foreach (var (sample, quantity, answer) in Worst())
            {
                output.WriteLine($"#{data.NumberOf(sample)}: {Format.Quantity(quantity)}, answered {Format.Quantity(answer)}");
            }
        }

        output.Flush();
    }

    internal void WriteJson(JsonLine line) => line.Write(json =>
    {
        json.WriteString("event", "evaluation");
        json.WriteNumber("samples", _score.Count);
        json.WriteString("quantity", name);
        ScoreText.Write(json, _score);
        if (_worst.Count > 0)
        {
            json.WriteStartArray("worst");
            foreach (var (sample, quantity, answer) in Worst())
            {
                json.WriteStartObject();
                json.WriteNumber("row", data.NumberOf(sample));
                json.Number("quantity", quantity);
                json.Number("answer", answer);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        Known?.WriteJson(json);
    });

    private IEnumerable<(int Sample, double Quantity, double Answer)> Worst() =>
        _worst.UnorderedItems.OrderByDescending(item => item.Priority).Select(item => item.Element);
}
