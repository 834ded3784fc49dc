namespace Gpu.Training.Data;

/// <summary>What becomes of a table on its way to a network: of each column that is learned from, and of a target that is a quantity.</summary>
/// <param name="Columns">The columns, in their order in the table.</param>
/// <param name="Target">How a quantity is standardised; null where classes are learned.</param>
public sealed record TableEncoding(IReadOnlyList<ColumnEncoding> Columns, TargetEncoding? Target)
{
    /// <summary>
    /// The columns that make inputs, in the order of these: that of the table, but for categories of which the number of a value is an input, which stand
    /// last, where the network has its vectors for them.
    /// </summary>
    public IReadOnlyList<PlacedColumn> Placed => [.. Place(Columns)];

    /// <summary>The names of the inputs, in their order.</summary>
    public IReadOnlyList<string> Features => [.. Placed.SelectMany(placed => placed.Column.Features)];

    /// <summary>How many values each category has of which the number of a value is an input, in their order; none where there are none.</summary>
    public IReadOnlyList<int> EmbeddedValues => [.. Placed.Select(placed => placed.Column).OfType<CategoryEncoding>().Where(column => column.IsEmbedded).Select(column => column.Values.Count)];

    /// <summary>The most bins that a number has.</summary>
    public int Bins => Columns.OfType<NumberEncoding>().Select(column => column.Bins.Count).DefaultIfEmpty().Max();

    /// <summary>Fits the encoding of a table on some of its rows.</summary>
    /// <param name="table">The table.</param>
    /// <param name="rows">The rows to learn from; nothing is taken from others.</param>
    /// <param name="bins">Bins of each number; null for as many as are usual in a table of its size.</param>
    /// <param name="embedding">Numbers of a vector that stands for a value of a category of many; 0 for one-hot inputs, null for what is usual.</param>
    public static TableEncoding Fit(Table table, int[] rows, int? bins = null, int? embedding = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(rows);
        var parts = bins ?? NumberBins.Usual(table, rows.Length);
        TableColumn[] others = [.. table.Others];
        var columns = new ColumnEncoding[others.Length];
        Parallel.For(0, others.Length, () => new SortRoom(rows.Length), (column, _, room) =>
        {
            columns[column] = ColumnEncoding.Fit(others[column], rows, parts, embeds: embedding != 0, room);
            return room;
        }, _ => { });
        return new TableEncoding(columns, table.Target.Task == TableTask.Regress ? TargetEncoding.Fit(table.Target.Column, rows) : null);
    }

    private static IEnumerable<PlacedColumn> Place(IEnumerable<ColumnEncoding> columns)
    {
        var first = 0;
        foreach (var (number, column) in columns.Index().Where(pair => pair.Item.Features.Count > 0).OrderBy(pair => pair.Item is CategoryEncoding { IsEmbedded: true }))
        {
            yield return new PlacedColumn(column, number, first);
            first += column.Features.Count;
        }
    }
}

/// <summary>A column at its place among the inputs.</summary>
/// <param name="Column">The column.</param>
/// <param name="Number">Its number among all columns, from 0.</param>
/// <param name="First">Its first input.</param>
public readonly record struct PlacedColumn(ColumnEncoding Column, int Number, int First);
