namespace Gpu.Training.Data;

/// <summary>What the cells of a column are taken for.</summary>
public enum ColumnKind
{
    /// <summary>Quantities.</summary>
    Number,

    /// <summary>Some values that recur, in no order.</summary>
    Category,

    /// <summary>Texts that hardly recur; left out.</summary>
    Text,

    /// <summary>Days or moments, as the number of days since 2000.</summary>
    Date,

    /// <summary>What tells rows apart and says nothing of them; left out.</summary>
    Id,

    /// <summary>Not read, because it was asked for.</summary>
    Ignored,
}

/// <summary>The kinds by the names that people give and see.</summary>
public static class ColumnKinds
{
    /// <summary>The kinds that a column can be declared to be.</summary>
    public static IReadOnlyList<ColumnKind> Declarable { get; } = [ColumnKind.Number, ColumnKind.Category, ColumnKind.Text, ColumnKind.Date, ColumnKind.Id];

    /// <summary>The name of a kind: <c>number</c>.</summary>
    public static string NameOf(ColumnKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>Reads several of <see cref="Parse"/> with commas between; none of null.</summary>
    /// <exception cref="TrainingException">One is wrong.</exception>
    public static IReadOnlyList<(string Column, ColumnKind Kind)> ParseAll(string? text) => [.. TableOptions.Names(text).Select(Parse)];

    /// <summary>Whether a text is one that <see cref="ParseAll"/> reads.</summary>
    public static bool AreAll(string? text) => TableOptions.Names(text).All(
        part => Declarable.Any(kind => part.EndsWith($":{NameOf(kind)}", StringComparison.OrdinalIgnoreCase) && part.Length > NameOf(kind).Length + 1));

    /// <summary>Reads <c>NAME:kind</c>; a name may hold colons.</summary>
    /// <exception cref="TrainingException">There is no colon, no name, or no such kind.</exception>
    public static (string Column, ColumnKind Kind) Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.LastIndexOf(':');
        foreach (var kind in Declarable)
        {
            if (colon > 0 && text.AsSpan(colon + 1).Equals(NameOf(kind), StringComparison.OrdinalIgnoreCase))
            {
                return (text[..colon], kind);
            }
        }

        throw TrainingException.BadUsage(
            $"--column: expected a column and its kind, such as age:number, with {string.Join(", ", Declarable.SkipLast(1).Select(NameOf))} or {NameOf(Declarable[^1])}, found '{text}'.");
    }
}
