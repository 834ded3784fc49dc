namespace Gpu.Kernels.Checks;

/// <summary>What a float output must be: the value in float64 and, element by element, how far float32 arithmetic may lie from it.</summary>
/// <param name="Values">The values of the formula.</param>
/// <param name="Allowed">The allowed distances, not negative; 0 asks for equality.</param>
public sealed record Bounded(double[] Values, double[] Allowed)
{
    /// <summary>Values of 0 with bounds of 0, to be filled in.</summary>
    public static Bounded Zeros(int length) => new(new double[length], new double[length]);

    /// <summary>Values that must be met exactly.</summary>
    public static Bounded Exact(double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(values, new double[values.Length]);
    }
}
