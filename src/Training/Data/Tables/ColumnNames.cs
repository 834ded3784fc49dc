namespace Gpu.Training.Data;

/// <summary>Names of columns: those of a header, and as messages list them.</summary>
internal static class ColumnNames
{
    private const int MostListed = 8;

    /// <summary>What a column without a name is called: <c>c3</c>.</summary>
    internal static string Numbered(int number) => $"c{number}";

    /// <summary>Names for a message: all where they are few, else those that are not numbered, and how many more there are.</summary>
    internal static string Listed(IReadOnlyList<string> names)
    {
        string[] shown = names.Count <= MostListed ? [.. names] : [.. names.Where(name => !(name is [.., var last] && char.IsAsciiDigit(last))).Take(MostListed - 1)];
        shown = shown.Length > 0 ? shown : [.. names.Take(3)];
        var rest = names.Count - shown.Length;
        return string.Join(", ", shown.Select(name => TableCell.Show(name))) + (rest > 0 ? $" and {rest:N0} more such as {TableCell.Show(names.First(name => !shown.Contains(name)))}" : "");
    }
}
