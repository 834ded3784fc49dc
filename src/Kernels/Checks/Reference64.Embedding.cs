namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>
    /// The inputs of each row, the last of which hold numbers of values from 1 on: these become rows of the table, or zeros where there is no such value.
    /// </summary>
    /// <param name="x">(rows, inputs).</param>
    /// <param name="table">(values of all coded inputs, width).</param>
    /// <param name="values">How many values each coded input has.</param>
    /// <param name="rows">Samples.</param>
    /// <param name="width">Numbers of a vector.</param>
    public static double[] Embedding(double[] x, double[] table, IReadOnlyList<int> values, int rows, int width)
    {
        var (y, inputs) = (new List<double>(), rows == 0 ? 0 : x.Length / rows);
        for (var row = 0; row < rows; row++)
        {
            var plain = inputs - values.Count;
            y.AddRange(x[(row * inputs)..((row * inputs) + plain)]);
            for (var vector = 0; vector < values.Count; vector++)
            {
                var place = RowOfTable(x[(row * inputs) + plain + vector], values, vector);
                y.AddRange(place is { } at ? table[(at * width)..((at + 1) * width)] : new double[width]);
            }
        }

        return [.. y];
    }

    /// <summary>The gradients of <see cref="Embedding"/>: dx is dy where inputs go through and 0 elsewhere; dTable sums dy over the rows that have a value.</summary>
    public static (double[] Dx, Bounded DTable) EmbeddingBackward(double[] x, double[] dy, IReadOnlyList<int> values, int rows, int width)
    {
        var (dx, inputs) = (new double[x.Length], rows == 0 ? values.Count : x.Length / rows);
        var plain = inputs - values.Count;
        var outputs = plain + (values.Count * width);
        var terms = Enumerable.Range(0, values.Sum() * width).Select(_ => new List<double>()).ToArray();
        for (var row = 0; row < rows; row++)
        {
            Array.Copy(dy, row * outputs, dx, row * inputs, plain);
            for (var at = 0; at < values.Count * width; at++)
            {
                if (RowOfTable(x[(row * inputs) + plain + (at / width)], values, at / width) is { } place)
                {
                    terms[(place * width) + (at % width)].Add(dy[(row * outputs) + plain + at]);
                }
            }
        }

        var sums = Bounded.Zeros(terms.Length);
        for (var i = 0; i < terms.Length; i++)
        {
            Put(sums, i, Tracked.Sum(terms[i].Select(term => (Tracked)term)));
        }

        return (dx, sums);
    }

    private static int? RowOfTable(double number, IReadOnlyList<int> values, int vector) =>
        number >= 1 && number < values[vector] + 1 ? values.Take(vector).Sum() + (int)number - 1 : null;
}
