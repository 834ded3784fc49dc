namespace Gpu.Training.Data;

/// <summary>The names of the columns of a file.</summary>
internal sealed class TableNames
{
    /// <summary>The most columns of a table.</summary>
    internal const int MostColumns = 1 << 18;

    private readonly bool[] _unnamed;
    private readonly bool _areGiven;

    private TableNames(string[] names, bool[] unnamed, bool areGiven) => (All, _unnamed, _areGiven) = (names, unnamed, areGiven);

    /// <summary>The names: those of the header, or <c>c1</c> and on.</summary>
    internal IReadOnlyList<string> All { get; }

    /// <summary>Whether a column has no name of its own.</summary>
    internal bool IsUnnamed(int column) => _unnamed[column];

    /// <summary>The names of a file's columns.</summary>
    /// <exception cref="TrainingException">The header is none, or a name stands in it twice.</exception>
    internal static TableNames Of(string path, TableDialect dialect)
    {
        if (dialect.Rows.Count == 0)
        {
            throw TrainingException.BadData($"{path}: expected a table, found nothing but empty lines; check that it is the right file.");
        }

        string[] header = dialect.HasHeader ? dialect.Rows[0] : [.. Enumerable.Repeat("", dialect.Columns)];

        // R writes the names of rows below no name; a separator at the end of each row makes a column of nothing.
        if (dialect.HasHeader && header.Length == dialect.Columns - 1 && dialect.Rows.Skip(1).Any(row => row.Length == dialect.Columns && row[^1].Length > 0))
        {
            header = ["", .. header];
        }

        if (header.Any(name => name.Any(char.IsControl)))
        {
            throw TrainingException.BadData($"{path}: row {dialect.Skipped + 1}: expected names of columns, found bytes that are no text; check that it is the right file.");
        }

        bool[] unnamed = [.. header.Select(ColumnRules.IsNone)];
        string[] names = [.. header.Select((name, column) => name.Length == 0 ? ColumnNames.Numbered(column + 1) : name)];
        RequireDifferent(path, names, dialect.Skipped + 1);
        return new TableNames(names, unnamed, dialect.HasHeader);
    }

    /// <summary>Requires that names which were asked for are there.</summary>
    internal void RequireAll(string path, string option, IReadOnlyList<string> asked)
    {
        if (asked.FirstOrDefault(name => !All.Contains(name)) is { } unknown)
        {
            var alike = All.FirstOrDefault(name => name.Equals(unknown, StringComparison.OrdinalIgnoreCase));
            throw TrainingException.BadUsage(
                $"{option}: expected a column of {path}, found '{unknown}'; {(alike is null ? $"the columns are {ColumnNames.Listed(All)}." : $"did you mean '{alike}'?")}");
        }
    }

    private static void RequireDifferent(string path, string[] names, int row)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var column = 0; column < names.Length; column++)
        {
            if (!places.TryAdd(names[column], column))
            {
                throw TrainingException.BadData(
                    $"{path}: row {row}: expected columns of different names, found {TableCell.Show(names[column])} above column {places[names[column]] + 1} and column {column + 1}; mend the header.");
            }
        }
    }

    /// <summary>For each column of this file its place among those of the first file.</summary>
    /// <exception cref="TrainingException">The columns are others.</exception>
    internal int[] PlacesIn(string path, TableNames first, List<string> remarks)
    {
        if (_areGiven && first._areGiven)
        {
            string[] missing = [.. first.All.Except(All, StringComparer.Ordinal)];
            string[] unknown = [.. All.Except(first.All, StringComparer.Ordinal)];
            if (missing.Length > 0 || unknown.Length > 0)
            {
                throw TrainingException.BadData(
                    $"{path}: expected the {first.All.Count:N0} columns of the first file, found {(missing.Length > 0 ? $"no {ColumnNames.Listed(missing)}" : "")}"
                    + $"{(missing.Length > 0 && unknown.Length > 0 ? " and " : "")}{(unknown.Length > 0 ? $"{ColumnNames.Listed(unknown)} besides" : "")}; name files of the same columns.");
            }

            var places = first.All.Select((name, place) => (name, place)).ToDictionary(pair => pair.name, pair => pair.place, StringComparer.Ordinal);
            int[] found = [.. All.Select(name => places[name])];
            if (!found.SequenceEqual(Enumerable.Range(0, found.Length)))
            {
                remarks.Add($"{path}: the columns stand in another order than in the first file, and are taken by their names");
            }

            return found;
        }

        return All.Count == first.All.Count ? [.. Enumerable.Range(0, All.Count)] : throw TrainingException.BadData(
            $"{path}: expected {first.All.Count:N0} columns as in the first file, found {All.Count:N0}; name files of the same columns.");
    }
}
