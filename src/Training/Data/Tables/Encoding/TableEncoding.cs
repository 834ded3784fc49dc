namespace Gpu.Training.Data;

/// <summary>What becomes of a table on its way to a network: of each column that is learned from, and of a target that is a quantity.</summary>
/// <param name="Columns">The columns, in their order in the table.</param>
/// <param name="Target">How a quantity is standardised; null where classes are learned.</param>
public sealed record TableEncoding(IReadOnlyList<ColumnEncoding> Columns, TargetEncoding? Target)
{
    /// <summary>The names of the inputs, in their order.</summary>
    public IReadOnlyList<string> Features => [.. Columns.SelectMany(column => column.Features)];

    /// <summary>The most bins that a number has.</summary>
    public int Bins => Columns.OfType<NumberEncoding>().Select(column => column.Bins.Count).DefaultIfEmpty().Max();

    /// <summary>Fits the encoding of a table on some of its rows.</summary>
    /// <param name="table">The table.</param>
    /// <param name="rows">The rows to learn from; nothing is taken from others.</param>
    /// <param name="bins">Bins of each number; null for as many as are usual in a table of its size.</param>
    public static TableEncoding Fit(Table table, int[] rows, int? bins = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(rows);
        var parts = bins ?? NumberBins.Usual(table, rows.Length);
        TableColumn[] others = [.. table.Others];
        var columns = new ColumnEncoding[others.Length];
        Parallel.For(0, others.Length, column => columns[column] = ColumnEncoding.Fit(others[column], rows, parts));
        return new TableEncoding(columns, table.Target.Task == TableTask.Regress ? TargetEncoding.Fit(table.Target.Column, rows) : null);
    }
}
