namespace Gpu.Training.Data;

/// <summary>
/// A value becomes an input for each, one of them 1 (one-hot), or the number of its place, from 1 on, for which the network's first layer, an
/// <see cref="Layers.EmbeddingLayer"/>, has a vector. Missing is a value where it occurs. One that was not seen, or is not among the most frequent of
/// very many, is all 0, and so is its vector: no weight was ever learned for it, so none may answer for it.
/// </summary>
/// <param name="Name">The column.</param>
/// <param name="Values">The values, in the order of their letters; null for missing, the last.</param>
public sealed record CategoryEncoding(string Name, IReadOnlyList<string?> Values) : ColumnEncoding(Name)
{
    /// <summary>Of more values than this, those that fewest rows have get no input: little could be learned of them, and each input has weights of its own.</summary>
    public const int MostValues = 255;

    /// <summary>Numbers of a vector where nothing is said, whatever the number of values (RealMLP; Holzmueller, Grinsztajn, Steinwart 2024, "Better by default", section 3).</summary>
    public const int UsualWidth = 8;

    /// <summary>The most numbers of a vector that can be asked for.</summary>
    public const int MostWidth = 256;

    /// <summary>Up to so many values, missing aside, are one-hot inputs in any case: vectors would be no shorter.</summary>
    private const int MostOneHot = 8;

    /// <summary>Whether a value is the number of its place, and not one-hot.</summary>
    public bool IsEmbedded { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => IsEmbedded ? [Name] : [.. Values.Select(value => value is null ? $"{Name} is missing" : $"{Name}={value}")];

    /// <inheritdoc/>
    public override (int Input, float Number)? Missing => Values[^1] is not null ? null : IsEmbedded ? (0, Values.Count) : (Values.Count - 1, 1);

    /// <inheritdoc/>
    public override string Describe() => $"{(IsEmbedded ? "vectors for" : "one-hot of")} {Values.Count}{(Missing is null ? "" : ", one for missing")}";

    /// <inheritdoc/>
    internal override ColumnEncoder Bind(TableColumn column) => column.Codes is not null
        ? new CategoryEncoder(this, column) { Name = Name, Features = IsEmbedded ? 1 : Values.Count } : throw Refuse(ColumnKind.Category, column);

    /// <summary>Takes the values of some rows; a column of one is left out.</summary>
    internal static ColumnEncoding Fit(TableColumn column, ReadOnlySpan<int> rows, bool embeds)
    {
        var (cells, isMissing) = (new int[column.Values.Count], false);
        foreach (var row in rows)
        {
            var code = column.Codes![row];
            isMissing |= code == ColumnCells.NoCode;
            if (code < cells.Length)
            {
                cells[code]++;
            }
        }

        string?[] seen = [.. column.Values.Select((pair, code) => (pair.Value, Cells: cells[code])).Where(pair => pair.Cells > 0)
            .OrderByDescending(pair => pair.Cells).ThenBy(pair => pair.Value, StringComparer.Ordinal).Take(MostValues).Select(pair => pair.Value)
            .Order(StringComparer.Ordinal)];
        string?[] values = [.. seen, .. isMissing ? new string?[] { null } : []];
        return values.Length > 1 ? new CategoryEncoding(column.Name, values) { IsEmbedded = embeds && seen.Length > MostOneHot }
            : new LeftOutEncoding(column.Name, values is [null] or [] ? "it has no value" : "it has one value in all rows");
    }
}
