using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Metrics;

namespace Gpu.Host.RunReport;

/// <summary>What a report counts over the rows that judge a run which learned a quantity.</summary>
/// <param name="data">Rows with the quantity.</param>
internal sealed class QuantityFindings(DataSet data)
{
    private readonly float[] _answers = new float[data.Count];

    /// <summary>The rows.</summary>
    internal DataSet Data => data;

    /// <summary>Errors, their interval and the baseline.</summary>
    internal QuantityScore Score { get; } = new(data.Quantity!.Mean);

    /// <summary>The mean loss of the whole pass.</summary>
    internal double Loss { get; set; }

    /// <summary>Answer less quantity of each row.</summary>
    internal IEnumerable<double> Residuals => Enumerable.Range(0, data.Count).Select(Residual);

    /// <summary>Rows by how far their answers are away, the furthest first.</summary>
    internal IEnumerable<int> Worst => Enumerable.Range(0, data.Count).OrderByDescending(sample => Math.Abs(Residual(sample)));

    /// <summary>The answer to a row, in the units of the quantity.</summary>
    internal double Answer(int sample) => data.Quantity!.Decode(_answers[sample]);

    /// <summary>Answer less quantity of a row.</summary>
    internal double Residual(int sample) => Answer(sample) - data.QuantityOf(sample);

    /// <summary>Counts the answers to some rows.</summary>
    internal void Add(AnswerBatch batch)
    {
        for (var row = 0; row < batch.Count; row++)
        {
            var sample = batch.First + row;
            _answers[sample] = batch.Probabilities(row)[0];
            Score.Add(data.QuantityOf(sample), Answer(sample));
        }
    }
}
