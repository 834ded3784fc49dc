namespace Gpu.Kernels.Checks;

/// <summary>
/// Every operation in plain float64 loops, written from its formula and never from its kernel, with the distance that float32
/// arithmetic may keep from it. Backward passes are proven by finite differences in the tests.
/// <para>
/// Bounds are first-order error analyses (Higham, "Accuracy and Stability of Numerical Algorithms", chapter 3): u = 2^-24
/// is half a unit in the last place of 1; a sum of n products may be off by n u times the sum of the products' magnitudes in
/// whatever order it is taken, with or without fused multiplication.
/// </para>
/// </summary>
public static partial class Reference64
{
    /// <summary>The rounding error of one float32 operation, relative to its result.</summary>
    public const double Rounding = 1.0 / (1 << 24);

    /// <summary>
    /// The relative error of an exponential, logarithm, hyperbolic tangent or logistic function: four units in the last
    /// place, more than any device's own functions need.
    /// </summary>
    public const double MathError = 8 * Rounding;

    /// <summary>Results below the smallest normal float32 may be flushed to 0.</summary>
    public const double Underflow = 1.2e-38;

    /// <summary>Rows that begin at <paramref name="row"/> * <paramref name="columns"/>.</summary>
    private static ReadOnlySpan<double> Row(double[] matrix, int row, int columns) => matrix.AsSpan(row * columns, columns);
}
