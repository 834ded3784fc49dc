namespace Gpu.Training.Metrics;

/// <summary>How a network answered quantities, in their own units, beside what the mean of the training rows alone would have answered.</summary>
/// <param name="trainingMean">That mean.</param>
public sealed class QuantityScore(double trainingMean)
{
    /// <summary>Of a normal distribution, 95 % lie within so many deviations of its mean.</summary>
    internal const double Deviations95 = 1.959963984540054;

    // Sums over rows, of the quantity as its distance from the training mean: squares of large values that lie close together would cancel.
    private double _values, _squaredValues, _errors, _squaredErrors, _fourthPowers;

    /// <summary>Rows.</summary>
    public int Count { get; private set; }

    /// <summary>The root of the mean squared error.</summary>
    public double Rmse => Math.Sqrt(_squaredErrors / Count);

    /// <summary>The mean distance of an answer from its quantity.</summary>
    public double MeanAbsoluteError => _errors / Count;

    /// <summary>The standard deviation of the quantity in these rows.</summary>
    public double Deviation => Math.Sqrt(Math.Max(Spread / Count, 0));

    /// <summary>The share of the quantity's variance in these rows that is answered: 1 less the squared errors over the squared distances from the mean.</summary>
    public double R2 => 1 - (_squaredErrors / Spread);

    /// <summary>The root of the mean squared error of the training mean.</summary>
    public double BaselineRmse => Math.Sqrt(_squaredValues / Count);

    /// <summary>Whether the error is below that of the training mean, as far as so many rows tell.</summary>
    public bool IsBelowBaseline => Interval.High < BaselineRmse;

    /// <summary>The 95 % interval of the root of the mean squared error: that of the mean of the squared errors, by their deviation.</summary>
    public (double Low, double High) Interval
    {
        get
        {
            var mean = _squaredErrors / Count;
            var reach = Deviations95 * Math.Sqrt(Math.Max((_fourthPowers / Count) - (mean * mean), 0) / Count);
            return (Math.Sqrt(Math.Max(mean - reach, 0)), Math.Sqrt(mean + reach));
        }
    }

    private double Spread => _squaredValues - (_values * _values / Count);

    /// <summary>Counts an answer.</summary>
    public void Add(double quantity, double answer)
    {
        var (value, error) = (quantity - trainingMean, answer - quantity);
        Count++;
        _values += value;
        _squaredValues += value * value;
        _errors += Math.Abs(error);
        _squaredErrors += error * error;
        _fourthPowers += error * error * error * error;
    }
}
