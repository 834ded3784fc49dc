namespace Gpu.Training.Data;

/// <summary>Quantiles of a column, exact.</summary>
internal static class Quantiles
{
    /// <summary>A quantile of sorted values, between two of them by their distance, as NumPy has it by default.</summary>
    internal static double At(ReadOnlySpan<float> sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((at - below) * ((double)sorted[above] - sorted[below]));
    }
}
