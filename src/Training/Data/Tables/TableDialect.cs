namespace Gpu.Training.Data;

/// <summary>How a file writes its table, found out from its first rows.</summary>
/// <param name="Separator">What stands between cells; a blank for any number of blanks and tabs.</param>
/// <param name="Skipped">Rows above the table: a title, a comment.</param>
/// <param name="HasHeader">Whether the first row holds names.</param>
/// <param name="Rows">The first rows, those above the table left out.</param>
internal sealed record TableDialect(char Separator, int Skipped, bool HasHeader, IReadOnlyList<string[]> Rows)
{
    private const int MostRows = 100;
    private const int MostBytes = 1 << 22;

    /// <summary>
    /// In this order where several would do: a tab or a semicolon hardly stands in a table for anything else, a comma may be decimal, and blanks
    /// stand within cells.
    /// </summary>
    private static readonly char[] _separators = ['\t', ';', ',', ' '];

    /// <summary>Columns: as many as most of the first rows have.</summary>
    internal int Columns => Rows.Count == 0 ? 0 : Usual(Rows);

    /// <summary>Whether <c>5,1</c> is a number.</summary>
    internal bool TakesComma => Separator != ',';

    /// <summary>What separates cells, in words.</summary>
    internal static string NameOf(char separator) => separator switch { '\t' => "tabs", ';' => "semicolons", ',' => "commas", _ => "blanks" };

    /// <summary>Finds out how a file that is open writes its table.</summary>
    /// <param name="input">The file.</param>
    /// <param name="hasHeader">Whether the first row holds names, where that is known.</param>
    internal static TableDialect Find(DataInput input, bool? hasHeader)
    {
        var start = ReadStart(input);

        // The separator is that which cuts most rows into the same number of cells, and more than one.
        var (best, most, rows) = (',', 0.0, (List<string[]>?)null);
        foreach (var separator in _separators)
        {
            var cut = Cut(input.Path, start, separator);
            var usual = cut.Count == 0 ? 0 : Usual(cut);
            var share = usual < 2 ? 0 : (double)cut.Count(row => row.Length == usual) / cut.Count;
            (best, most, rows) = share > most ? (separator, share, cut) : (best, most, rows);
        }

        rows ??= Cut(input.Path, start, best, mustRead: true);
        var columns = rows.Count == 0 ? 0 : Usual(rows);
        var skipped = columns < 2 ? 0 : rows.FindIndex(row => row.Length > 1);
        rows = [.. rows.Skip(skipped)];
        return new TableDialect(best, skipped, hasHeader ?? HeaderVote.IsHeader(rows, takesComma: best != ','), rows);
    }

    /// <summary>How a file is written that says the names of its columns by itself.</summary>
    internal static TableDialect OfNames(IReadOnlyList<string> names) => new(',', 0, HasHeader: true, [[.. names]]);

    /// <summary>The first bytes of the content, to the end of a line.</summary>
    private static byte[] ReadStart(DataInput input)
    {
        using var content = input.Open();
        var start = new byte[(int)Math.Min(MostBytes, input.MostBytes + 1)];
        var read = content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        var end = start.AsSpan(0, read).LastIndexOf((byte)'\n');
        return read < start.Length || end < 0 ? start[..read] : start[..(end + 1)];
    }

    /// <summary>The first rows, as a separator cuts them; fewer where one cannot be cut so, but where there must be one.</summary>
    private static List<string[]> Cut(string path, byte[] start, char separator, bool mustRead = false)
    {
        var rows = new List<string[]>();
        using var text = new TableText(path, new MemoryStream(start), separator, trims: true);
        try
        {
            while (rows.Count < MostRows && text.Read())
            {
                if (text.Count > TableNames.MostColumns)
                {
                    throw TrainingException.BadData($"{path}: row {text.Line:N0}: expected at most {TableNames.MostColumns:N0} columns, found {text.Count:N0}; check that it is the right file.");
                }

                var row = new string[text.Count];
                for (var column = 0; column < row.Length; column++)
                {
                    row[column] = text.Field(column).Trim().ToString();
                }

                rows.Add(row);
            }
        }
        catch (TrainingException) when (!mustRead || rows.Count > 0)
        {
            // Another separator may do; where none does, reading the table says why.
        }

        return rows;
    }

    /// <summary>The number of cells that most rows have; the larger, where two are as frequent.</summary>
    private static int Usual(IReadOnlyList<string[]> rows) => rows.CountBy(row => row.Length).MaxBy(pair => (pair.Value, pair.Key)).Key;
}
