using Gpu.Kernels.Devices;
using Gpu.Training.Data;
using Gpu.Training.Metrics;
using Gpu.Training.Models;
using Gpu.Training.Random;

namespace Gpu.Training.Loop;

/// <summary>
/// How much worse a model answers a table when the cells of a column are exchanged between its rows, so that they say nothing of the row they
/// stand in (Breiman 2001, "Random forests", section 10; Fisher, Rudin, Dominici 2019): accuracy that is lost, or root of the mean squared
/// error that is gained.
/// </summary>
/// <param name="Column">The column.</param>
/// <param name="Mean">The mean of some exchanges; near 0, or below, where the model does without the column.</param>
/// <param name="Deviation">Their standard deviation, by one less than their number.</param>
public sealed record ColumnImportance(string Column, double Mean, double Deviation)
{
    private const ulong Seed = 1;

    /// <summary>The importance of each column that a model learned from, the greatest first.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="model">A model of tables.</param>
    /// <param name="data">Labelled rows, of that model.</param>
    /// <param name="repeats">Exchanges of each column, at least 2.</param>
    public static IReadOnlyList<ColumnImportance> Of(ComputeAccelerator accelerator, Model model, DataSet data, int repeats)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 2);
        var table = model.Table ?? throw new ArgumentException("The model answers no tables.", nameof(model));
        var whole = ErrorOf(accelerator, model, data);
        var found = new List<ColumnImportance>();
        foreach (var placed in table.Encoding.Placed)
        {
            double[] worse = [.. Enumerable.Range(0, repeats).Select(repeat => ErrorOf(accelerator, model, Exchange(data, placed, repeat)) - whole)];
            var mean = worse.Average();
            found.Add(new ColumnImportance(placed.Column.Name, mean, Math.Sqrt(worse.Sum(one => (one - mean) * (one - mean)) / (repeats - 1))));
        }

        return [.. found.OrderByDescending(one => one.Mean)];
    }

    private static DataSet Exchange(DataSet data, PlacedColumn placed, int repeat)
    {
        int[] from = [.. Enumerable.Range(0, data.Count)];
        var random = new RandomStream(Seed, RandomPurpose.Importance, repeat, placed.Number);
        random.Shuffle(from);
        return data.WithSamples(new ExchangedSamples(data.Samples, placed.First * data.ValueBytes, placed.Column.Features.Count * data.ValueBytes, from));
    }

    /// <summary>The share of the rows answered wrong, or the root of the mean squared error of the quantity.</summary>
    private static double ErrorOf(ComputeAccelerator accelerator, Model model, DataSet data)
    {
        if (data.Quantity is not { } quantity)
        {
            return 1 - Predictor.Evaluate(accelerator, model.Shape, model.Parameters, data, model.Scaling, _ => { }).Accuracy;
        }

        var score = new QuantityScore(quantity.Mean);
        Predictor.Evaluate(accelerator, model.Shape, model.Parameters, data, model.Scaling, batch =>
        {
            for (var row = 0; row < batch.Count; row++)
            {
                score.Add(data.QuantityOf(batch.First + row), quantity.Decode(batch.Probabilities(row)[0]));
            }
        });
        return score.Rmse;
    }
}
