using System.Numerics.Tensors;

namespace Gpu.Training.Metrics;

/// <summary>
/// The two directions in which rows differ most, found one after the other by the power iteration on their covariance, which is never written
/// out; the second from what the first leaves (K. Pearson, 1901; H. Hotelling, 1933).
/// </summary>
public static class PrincipalComponents
{
    private const int Iterations = 100;

    /// <summary>A direction that an iteration moves by less, in shares of its length, is found: a picture shows thousandths.</summary>
    private const float Settled = 1e-4f;

    /// <summary>Where each row lies along both, and the share of the variance that each of them has.</summary>
    /// <param name="rows">Rows x columns.</param>
    /// <param name="columns">Numbers of a row.</param>
    public static (float[] First, float[] Second, double FirstShare, double SecondShare) Of(float[] rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        var x = Centred(rows, columns);
        var whole = (double)TensorPrimitives.SumOfSquares(x);
        var (first, firstShare) = Take(x, columns, whole);
        var (second, secondShare) = Take(x, columns, whole);
        return (first, second, firstShare, secondShare);
    }

    private static float[] Centred(float[] rows, int columns)
    {
        var (x, mean) = ((float[])rows.Clone(), new float[columns]);
        for (var at = 0; at < x.Length; at += columns)
        {
            TensorPrimitives.Add(mean, x.AsSpan(at, columns), mean);
        }

        TensorPrimitives.Divide(mean, Math.Max(1, x.Length / columns), mean);
        for (var at = 0; at < x.Length; at += columns)
        {
            TensorPrimitives.Subtract(x.AsSpan(at, columns), mean, x.AsSpan(at, columns));
        }

        return x;
    }

    /// <summary>The places of the rows along their main direction, which is taken out of them.</summary>
    private static (float[] Places, double Share) Take(float[] x, int columns, double whole)
    {
        var (places, direction, before) = (new float[x.Length / columns], new float[columns], new float[columns]);

        // Begins with the row that is furthest out: it is not orthogonal to all of the main direction, or there is none.
        var furthest = Enumerable.Range(0, places.Length).MaxBy(row => TensorPrimitives.SumOfSquares(x.AsSpan(row * columns, columns)));
        x.AsSpan(furthest * columns, columns).CopyTo(direction);
        for (var i = 0; i < Iterations && Normalise(direction) && TensorPrimitives.Distance<float>(direction, before) > Settled; i++)
        {
            direction.CopyTo(before, 0);
            Project(x, direction, places);
            direction.AsSpan().Clear();
            for (var row = 0; row < places.Length; row++)
            {
                TensorPrimitives.MultiplyAdd(x.AsSpan(row * columns, columns), places[row], direction, direction);
            }
        }

        Normalise(direction);
        Project(x, direction, places);
        for (var row = 0; row < places.Length; row++)
        {
            var here = x.AsSpan(row * columns, columns);
            TensorPrimitives.MultiplyAdd(direction, -places[row], here, here);
        }

        return (places, whole > 0 ? TensorPrimitives.SumOfSquares(places) / whole : 0);
    }

    private static void Project(float[] x, float[] direction, float[] places)
    {
        for (var row = 0; row < places.Length; row++)
        {
            places[row] = TensorPrimitives.Dot(x.AsSpan(row * direction.Length, direction.Length), direction);
        }
    }

    /// <summary>Makes a direction as long as 1; false where it has no length.</summary>
    private static bool Normalise(float[] direction)
    {
        var length = TensorPrimitives.Norm(direction);
        if (!(length > 0))
        {
            return false;
        }

        TensorPrimitives.Divide(direction, length, direction);
        return true;
    }
}
