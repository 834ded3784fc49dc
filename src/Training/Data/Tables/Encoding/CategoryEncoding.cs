namespace Gpu.Training.Data;

/// <summary>
/// A value of few becomes an input for each, one of them 1 (one-hot); of more, a number from 1 on, the row of an embedding. Missing is a value
/// where it occurs, and not counted among the few. One that was not seen is all 0, or the number 0: no weight was ever learned for it, so none may answer for it.
/// </summary>
/// <param name="Name">The column.</param>
/// <param name="Values">The values, in the order of their letters; null for missing, the last.</param>
public sealed record CategoryEncoding(string Name, IReadOnlyList<string?> Values) : ColumnEncoding(Name)
{
    /// <summary>Of more values than this, inputs of their own would be many and learn from few rows each.</summary>
    public const int MostOneHot = 8;

    /// <summary>Whether there is an input for each value, and not one number for an embedding.</summary>
    public bool IsOneHot => Values.Count(value => value is not null) <= MostOneHot;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => IsOneHot ? [.. Values.Select(value => value is null ? $"{Name} is missing" : $"{Name}={value}")] : [Name];

    /// <inheritdoc/>
    public override string Describe() => (IsOneHot ? $"one-hot of {Values.Count}" : $"embedding of {Values.Count:N0}") + (Values.Contains(null) ? ", one for missing" : "");

    /// <inheritdoc/>
    internal override ColumnEncoder Bind(TableColumn column) => column.Codes is not null
        ? new CategoryEncoder(this, column) { Name = Name, Features = Features.Count } : throw Refuse(ColumnKind.Category, column);

    /// <summary>Takes the values of some rows; a column of one is left out.</summary>
    internal static new ColumnEncoding Fit(TableColumn column, ReadOnlySpan<int> rows)
    {
        var (isSeen, isMissing) = (new bool[column.Values.Count], false);
        foreach (var row in rows)
        {
            var code = column.Codes![row];
            isMissing |= code == ColumnCells.NoCode;
            if (code != ColumnCells.NoCode)
            {
                isSeen[code] = true;
            }
        }

        string?[] values = [.. column.Values.Where((_, code) => isSeen[code]).Select(pair => pair.Value).Order(StringComparer.Ordinal), .. isMissing ? new string?[] { null } : []];
        return values.Length > 1 ? new CategoryEncoding(column.Name, values)
            : new LeftOutEncoding(column.Name, values is [null] or [] ? "it has no value" : "it has one value in all rows");
    }
}
