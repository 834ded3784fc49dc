namespace Gpu.Training.Data;

/// <summary>What becomes of a column that something is learned from: it was fitted on some rows, and goes for any.</summary>
/// <param name="Name">The column.</param>
public abstract record ColumnEncoding(string Name)
{
    /// <summary>The names of the inputs that it makes of a cell, in their order; none where the column is left out.</summary>
    public abstract IReadOnlyList<string> Features { get; }

    /// <summary>Which of its inputs says that a cell is missing, and by what number; null where no cell was missing when it was fitted.</summary>
    public abstract (int Input, float Number)? Missing { get; }

    /// <summary>What is done, in words.</summary>
    public abstract string Describe();

    /// <summary>Binds the encoding to a column of that name, of any table.</summary>
    internal abstract ColumnEncoder Bind(TableColumn column);

    /// <summary>The error where a column holds something else than that which the encoding was fitted on.</summary>
    private protected TrainingException Refuse(ColumnKind expected, TableColumn column) => TrainingException.BadData(
        $"column '{Name}': expected a {ColumnKinds.NameOf(expected)} as in the training data, found a {ColumnKinds.NameOf(column.Kind)} ({column.Why}); "
        + $"declare it with --column '{Name}:{ColumnKinds.NameOf(expected)}'.");

    /// <summary>Fits the encoding of a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="rows">The rows to learn from, and no others.</param>
    /// <param name="bins">Bins of a number.</param>
    /// <param name="embeds">Whether vectors are learned for the values of a category of many.</param>
    /// <param name="room">Room to sort numbers in.</param>
    internal static ColumnEncoding Fit(TableColumn column, ReadOnlySpan<int> rows, int bins, bool embeds, SortRoom room) => column.Kind switch
    {
        ColumnKind.Number or ColumnKind.Date => NumberEncoding.Fit(column, rows, bins, room),
        ColumnKind.Category => CategoryEncoding.Fit(column, rows, embeds),
        _ => new LeftOutEncoding(column.Name, column.Why),
    };
}

/// <summary>A column that nothing is learned from.</summary>
/// <param name="Name">The column.</param>
/// <param name="Why">Why not.</param>
public sealed record LeftOutEncoding(string Name, string Why) : ColumnEncoding(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => [];

    /// <inheritdoc/>
    public override (int Input, float Number)? Missing => null;

    /// <inheritdoc/>
    public override string Describe() => $"left out: {Why}";

    /// <inheritdoc/>
    internal override ColumnEncoder Bind(TableColumn column) => throw new InvalidOperationException($"The column '{Name}' is left out.");
}
