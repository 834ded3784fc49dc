namespace Gpu.Training.Data;

/// <summary>Quantiles of a column, exact.</summary>
internal static class Quantiles
{
    /// <summary>The numbers of some rows, those that are missing left out, by size.</summary>
    internal static float[] Sorted(TableColumn column, ReadOnlySpan<int> rows)
    {
        // Counted first: of a large table, an array that is cut to size would be two.
        var (cells, count) = (column.Reading!.Values, 0);
        foreach (var row in rows)
        {
            count += float.IsNaN(cells[row]) ? 0 : 1;
        }

        var values = new float[count];
        var place = 0;
        foreach (var row in rows)
        {
            if (!float.IsNaN(cells[row]))
            {
                values[place++] = cells[row];
            }
        }

        NumberSort.Sort(values);
        return values;
    }

    /// <summary>A quantile of sorted values, between two of them by their distance, as NumPy has it by default.</summary>
    internal static double At(float[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((at - below) * ((double)sorted[above] - sorted[below]));
    }
}
