namespace Gpu.Kernels.Checks;

/// <summary>
/// A float64 value and how far its float32 computation may have strayed from it, carried along from operation to operation
/// (a running error analysis: Higham, "Accuracy and Stability of Numerical Algorithms", 3.3). For computations of many steps,
/// where each takes the errors of the one before.
/// </summary>
/// <param name="Value">The value.</param>
/// <param name="Error">The largest distance, not negative.</param>
internal readonly record struct Tracked(double Value, double Error)
{
    /// <summary>A value that float32 has exactly.</summary>
    public static implicit operator Tracked(double value) => new(value, 0);

    public static Tracked operator +(Tracked a, Tracked b) => Rounded(a.Value + b.Value, a.Error + b.Error);

    public static Tracked operator -(Tracked a, Tracked b) => Rounded(a.Value - b.Value, a.Error + b.Error);

    public static Tracked operator *(Tracked a, Tracked b) => Rounded(a.Value * b.Value, ProductError(a, b));

    /// <summary>A quotient, or the product with a rounded reciprocal.</summary>
    public static Tracked operator /(Tracked a, Tracked b)
    {
        var value = a.Value / b.Value;
        var error = (a.Error + (Math.Abs(value) * b.Error)) / Math.Max(Math.Abs(b.Value) - b.Error, 0);
        return new(value, error + (3 * Reference64.Rounding * (Math.Abs(value) + error)));
    }

    /// <summary>The sum of products in any order, with or without fused multiplication.</summary>
    public static Tracked Dot(IEnumerable<(Tracked A, Tracked B)> terms)
    {
        var (sum, magnitude, error, count) = (0.0, 0.0, 0.0, 0);
        foreach (var (a, b) in terms)
        {
            var product = a.Value * b.Value;
            sum += product;
            magnitude += Math.Abs(product);
            error += ProductError(a, b);
            count++;
        }

        return new(sum, error + ((count + 1) * Reference64.Rounding * (magnitude + error)));
    }

    /// <summary>The sum in any order.</summary>
    public static Tracked Sum(IEnumerable<Tracked> terms) => Dot(terms.Select(t => (t, (Tracked)1)));

    /// <summary>A function whose own error is <see cref="Reference64.MathError"/>, taken at both ends of the argument's range.</summary>
    public static Tracked Apply(Func<double, double> function, Tracked a)
    {
        var value = function(a.Value);
        var spread = Math.Max(Math.Abs(function(a.Value - a.Error) - value), Math.Abs(function(a.Value + a.Error) - value));
        return new(value, spread + (Reference64.MathError * (Math.Abs(value) + spread)) + Reference64.Underflow);
    }

    /// <summary>A smooth function with an error of its own, taken at both ends of the argument's range.</summary>
    public static Tracked Through(Func<double, double> function, Tracked a, double own)
    {
        var value = function(a.Value);
        var spread = Math.Max(Math.Abs(function(a.Value - a.Error) - value), Math.Abs(function(a.Value + a.Error) - value));
        return new(value, spread + own);
    }

    /// <summary>The square root, itself within 3 units in the last place (OpenCL C 1.2, 7.4).</summary>
    public static Tracked Sqrt(Tracked a)
    {
        var value = Math.Sqrt(a.Value);
        var spread = Math.Max(value - Math.Sqrt(Math.Max(a.Value - a.Error, 0)), Math.Sqrt(a.Value + a.Error) - value);
        return new(value, spread + (6 * Reference64.Rounding * (value + spread)));
    }

    /// <summary>A constant of a formula, rounded to float32.</summary>
    public static Tracked Rounded(double value) => Rounded(value, 0);

    /// <summary>The value with one more rounding.</summary>
    private static Tracked Rounded(double value, double error) => new(value, error + (Reference64.Rounding * (Math.Abs(value) + error)));

    private static double ProductError(Tracked a, Tracked b) =>
        (Math.Abs(a.Value) * b.Error) + (Math.Abs(b.Value) * a.Error) + (a.Error * b.Error);
}
