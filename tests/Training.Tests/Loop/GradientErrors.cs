using Gpu.Kernels.Checks;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Networks;
using Gpu.Training.Tests.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>
/// The gradient of a network in float64 and, element by element, how far float32 arithmetic may lie from it whatever the order of its
/// sums: errors carried from operation to operation, forward and backward (Higham, "Accuracy and Stability of Numerical Algorithms", 3.3).
/// For cross-entropy, and hidden activations whose derivative has no step.
/// </summary>
internal sealed class GradientErrors
{
    private const double Rounding = Reference64.Rounding;

    private readonly NetworkShape _shape;
    private readonly int _rows;
    private readonly double[] _parameters;
    private readonly List<Values> _inputs = [];

    private GradientErrors(NetworkShape shape, DataSet data, double[] parameters)
    {
        (_shape, _rows, _parameters) = (shape, data.Count, parameters);
        double[] x = [.. data.Values.Select(value => value / 255.0)];
        _inputs.Add(new Values(x, [.. x.Select(value => 2 * Rounding * value)]));
    }

    /// <summary>The gradient of the mean loss over the whole data set, in the layout of the parameters.</summary>
    internal static Bounded Of(NetworkShape shape, DataSet data, float[] parameters)
    {
        var errors = new GradientErrors(shape, data, [.. parameters.Select(value => (double)value)]);
        var result = Bounded.Zeros(parameters.Length);
        var dy = errors.LossGradient(errors.Forward(), data);
        for (var l = shape.Layers.Count - 1; l >= 0; l--)
        {
            errors.ParameterGradient(l, dy, result);
            dy = l > 0 ? errors.InputGradient(l, dy) : dy;
        }

        return result;
    }

    private Values Forward()
    {
        for (var l = 0; l < _shape.Layers.Count; l++)
        {
            var (x, layer) = (_inputs[l], _shape.Layers[l]);
            var y = Values.Zeros(_rows * layer.Outputs);
            for (var at = 0; at < y.Of.Length; at++)
            {
                var (row, j) = (at / layer.Outputs, at % layer.Outputs);
                var (sum, magnitude, error) = (Bias(l, j), Math.Abs(Bias(l, j)), 0.0);
                for (var i = 0; i < layer.Inputs; i++)
                {
                    var (value, w) = (x.Of[(row * layer.Inputs) + i], Weight(l, i, j));
                    sum += value * w;
                    magnitude += Math.Abs(value * w);
                    error += x.Errors[(row * layer.Inputs) + i] * Math.Abs(w);
                }

                y.Of[at] = Apply(layer.Activation, sum);
                y.Errors[at] = error + ((layer.Inputs + 2) * Rounding * magnitude) + (Reference64.MathError * Math.Abs(y.Of[at]));
            }

            _inputs.Add(y);
        }

        return _inputs[^1];
    }

    /// <summary>(softmax - target) / rows; an error in the exponents' arguments is one relative to the probabilities.</summary>
    private Values LossGradient(Values y, DataSet data)
    {
        var n = _shape.Outputs;
        var result = Values.Zeros(y.Of.Length);
        for (var row = 0; row < _rows; row++)
        {
            double[] e = [.. y.Of[(row * n)..((row + 1) * n)].Select(Math.Exp)];
            var worst = y.Errors[(row * n)..((row + 1) * n)].Max();
            for (var j = 0; j < n; j++)
            {
                var (p, target) = (e[j] / e.Sum(), j == data.Labels[row] ? 1 : 0);
                result.Of[(row * n) + j] = (p - target) / _rows;
                result.Errors[(row * n) + j] = ((p * ((2.5 * worst) + (2 * Reference64.MathError) + ((n + 4) * Rounding)))
                    + (3 * Rounding * Math.Abs(p - target))) / _rows;
            }
        }

        return result;
    }

    private void ParameterGradient(int l, Values dy, Bounded result)
    {
        var (x, k, n) = (_inputs[l], _shape.Layers[l].Inputs, _shape.Layers[l].Outputs);
        for (var j = 0; j < n; j++)
        {
            for (var i = 0; i <= k; i++)
            {
                var at = i < k ? _shape.WeightOffset(l) + (i * n) + j : _shape.BiasOffset(l) + j;
                for (var row = 0; row < _rows; row++)
                {
                    var (value, error) = i < k ? (x.Of[(row * k) + i], x.Errors[(row * k) + i]) : (1, 0);
                    var (d, dError) = (dy.Of[(row * n) + j], dy.Errors[(row * n) + j]);
                    result.Values[at] += value * d;
                    result.Allowed[at] += (error * Math.Abs(d)) + ((Math.Abs(value) + error) * dError)
                        + ((_rows + 2) * Rounding * Math.Abs(value * d));
                }
            }
        }
    }

    private Values InputGradient(int l, Values dy)
    {
        var (x, k, n) = (_inputs[l], _shape.Layers[l].Inputs, _shape.Layers[l].Outputs);
        var result = Values.Zeros(_rows * k);
        for (var at = 0; at < result.Of.Length; at++)
        {
            var (sum, error) = (0.0, 0.0);
            for (var j = 0; j < n; j++)
            {
                var (d, w) = (dy.Of[(at / k * n) + j], Weight(l, at % k, j));
                sum += d * w;
                error += (dy.Errors[(at / k * n) + j] * Math.Abs(w)) + ((n + 2) * Rounding * Math.Abs(d * w));
            }

            var (slope, slopeError) = Slope(_shape.Layers[l - 1].Activation, x.Of[at], x.Errors[at]);
            result.Of[at] = sum * slope;
            result.Errors[at] = (error * (Math.Abs(slope) + slopeError)) + (Math.Abs(sum) * slopeError) + (Rounding * Math.Abs(sum * slope));
        }

        return result;
    }

    /// <summary>None of these grows a difference of its arguments.</summary>
    private static double Apply(Activation activation, double a) => activation switch
    {
        Activation.Identity => a,
        Activation.Sigmoid => 1 / (1 + Math.Exp(-a)),
        Activation.Tanh => Math.Tanh(a),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Its slope has a step, or it grows differences."),
    };

    /// <summary>The derivative from the output y, which itself may be off; both change by at most twice what y does.</summary>
    private static (double Slope, double Error) Slope(Activation activation, double y, double error) => activation switch
    {
        Activation.Sigmoid => (y * (1 - y), error + (3 * Rounding)),
        Activation.Tanh => (1 - (y * y), (2 * error) + (3 * Rounding)),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Its slope has a step."),
    };

    private double Weight(int l, int i, int j) => _parameters[_shape.WeightOffset(l) + (i * _shape.Layers[l].Outputs) + j];

    private double Bias(int l, int j) => _parameters[_shape.BiasOffset(l) + j];

    /// <summary>Numbers, and how far float32 may be off for each.</summary>
    private sealed record Values(double[] Of, double[] Errors)
    {
        internal static Values Zeros(int length) => new(new double[length], new double[length]);
    }
}
