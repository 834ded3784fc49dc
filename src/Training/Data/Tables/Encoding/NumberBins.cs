using System.Globalization;

namespace Gpu.Training.Data;

/// <summary>
/// Parts of the range of a number, by its quantiles, each with an input that goes from 0 to 1 within it: below a part it is 0, above it is 1
/// (piecewise linear encoding; Gorishniy, Rubachev, Babenko 2022, "On embeddings for numerical features", section 3.2). The first layer so has a
/// function of its own of each number, linear in parts, where one input gives it a line. All are moved so that they are 0 at the median.
/// </summary>
public sealed class NumberBins
{
    /// <summary>The most that can be asked for.</summary>
    public const int Most = 256;

    private const int UsualBins = 8;

    /// <summary>Of fewer rows, the quantiles are those of a few, and the weights too many.</summary>
    private const int LeastRows = 1000;

    /// <summary>
    /// Rows for each bin of a row that bins are worth: with fewer, their weights are learned from too little, and an epoch takes several times as long. By
    /// five folds, of four tables with 2.8 to 4.2 rows for each bin three were better without (docs/data.md); of six with more, five were better with them.
    /// </summary>
    private const int RowsOfBin = 5;

    /// <summary>Numbers of an encoded table beyond which each of its own is enough: 128 MiB.</summary>
    private const long MostNumbers = 1 << 25;

    private readonly float[] _edges;
    private readonly float[] _atMedian;

    private NumberBins(float[] edges, float median)
    {
        (_edges, _atMedian) = (edges, new float[Math.Max(edges.Length - 1, 0)]);
        var atMedian = new float[_atMedian.Length];
        Encode(median, atMedian);
        _atMedian = atMedian;
    }

    /// <summary>No bins.</summary>
    public static NumberBins None { get; } = new([], 0);

    /// <summary>How many there are.</summary>
    public int Count => _atMedian.Length;

    /// <summary>Where they begin, and where the last one ends.</summary>
    public IReadOnlyList<float> Edges => _edges;

    /// <summary>How far each is passed at the median: what its input is moved by.</summary>
    internal ReadOnlySpan<float> AtMedian => _atMedian;

    /// <summary>Bins of each number of a table that are usual, by its size.</summary>
    /// <param name="table">The table.</param>
    /// <param name="rows">Rows that are learned from.</param>
    internal static int Usual(Table table, int rows)
    {
        var numbers = table.Others.Count(column => column.Kind is ColumnKind.Number or ColumnKind.Date);
        var bins = (long)numbers * UsualBins;
        return rows >= Math.Max(LeastRows, RowsOfBin * bins) && rows * bins <= MostNumbers ? UsualBins : 0;
    }

    /// <summary>Fits bins with as many rows each, as far as values differ.</summary>
    /// <param name="sorted">The values that are learned from.</param>
    /// <param name="median">Their median.</param>
    /// <param name="bins">How many.</param>
    internal static NumberBins Fit(ReadOnlySpan<float> sorted, float median, int bins)
    {
        if (bins == 0)
        {
            return None;
        }

        var edges = new float[bins + 1];
        for (var bin = 0; bin < edges.Length; bin++)
        {
            edges[bin] = (float)Quantiles.At(sorted, (double)bin / bins);
        }

        return Of([.. edges.Distinct()], median) ?? None;
    }

    /// <summary>Bins between edges; null where they are none: fewer than 2, or edges that do not ascend.</summary>
    internal static NumberBins? Of(float[] edges, float median) =>
        edges.Length is > 2 and <= Most + 1 && edges.All(float.IsFinite) && edges.Zip(edges.Skip(1)).All(pair => pair.First < pair.Second) ? new(edges, median) : null;

    /// <summary>Names of the inputs.</summary>
    internal IEnumerable<string> Features(string name) =>
        Enumerable.Range(0, Count).Select(bin => string.Create(CultureInfo.InvariantCulture, $"{name} from {_edges[bin]} to {_edges[bin + 1]}"));

    /// <summary>The inputs of a number.</summary>
    internal void Encode(float value, Span<float> inputs)
    {
        for (var bin = 0; bin < _atMedian.Length; bin++)
        {
            var (from, to) = (_edges[bin], _edges[bin + 1]);
            var share = value <= from ? 0 : value >= to ? 1 : (float)(((double)value - from) / ((double)to - from));
            inputs[bin] = share - _atMedian[bin];
        }
    }
}
