using System.Globalization;
using System.Text;
using Gpu.Training.Data;
using Gpu.Training.Files;
using Gpu.Training.Loop;

namespace Gpu.Host.Reports;

/// <summary>Writes the quantities that rows are answered with, one a line, in the formats of <c>gpu predict</c>.</summary>
/// <param name="format">One of <see cref="AnswerWriter.Formats"/>.</param>
/// <param name="name">What the quantity is called.</param>
/// <param name="encoding">How it was standardised.</param>
/// <param name="data">The rows.</param>
/// <param name="output">Where to.</param>
internal sealed class QuantityWriter(string format, string name, TargetEncoding encoding, DataSet data, Stream output) : IDisposable
{
    private readonly StreamWriter _text = new(output, new UTF8Encoding(false)) { NewLine = "\n" };
    private readonly JsonLine _json = new(output, flushEachLine: false);
    private readonly int _width = Math.Max(VisibleText.Of(name).Length, 12);

    public void Dispose() => _text.Dispose();

    /// <summary>Writes the answers of a batch; above the first of all, a heading.</summary>
    internal void Write(AnswerBatch batch)
    {
        if (batch.First == 0 && format != AnswerWriter.Json)
        {
            _text.WriteLine(format switch
            {
                AnswerWriter.Kaggle => $"Id,{AnswerWriter.Field(name)}",
                AnswerWriter.Csv => $"row,{AnswerWriter.Field(name)}",
                _ => $"    row  {VisibleText.Of(name).PadLeft(_width)}",
            });
        }

        for (var row = 0; row < batch.Count; row++)
        {
            // As many digits as the answer has: it was made in single precision.
            var (number, answer) = (data.NumberOf(batch.First + row), (float)encoding.Decode(batch.Probabilities(row)[0]));
            if (format == AnswerWriter.Json)
            {
                _json.Write(json =>
                {
                    json.WriteNumber("row", number);
                    json.Number("answer", answer);
                });
            }
            else
            {
                _text.WriteLine(format == AnswerWriter.Table
                    ? $"{number,7:N0}  {Format.Quantity(answer).PadLeft(_width)}" : string.Create(CultureInfo.InvariantCulture, $"{number},{answer}"));
            }
        }
    }
}
